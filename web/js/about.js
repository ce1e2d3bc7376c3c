// The footer: what computes here, and under which terms the networks come.
import { $, h, megabytes } from './dom.js';

export async function describe(parsona) {
  const can = await parsona.capabilities();
  const threads = can.threads === 1 ? 'one thread' : `${can.threads} threads`;
  $('engine-line').textContent = `Computes on this device with ${threads}${can.relaxedSimd ? ' and relaxed SIMD' : ''}`;
  $('version').textContent = `Parsona ${can.version}`;
  $('about-body').replaceChildren(
    block('Privacy', h('p', {}, 'The page talks to nobody: its content security policy allows no address but its own. '
      + 'After loading it asks for nothing but two of its own files when you make your first avatar. Your browser’s network panel '
      + 'shows it, and so does flight mode.')),
    block('Speed', list([
      `${can.cores} processors; ${threads} in use.`,
      can.relaxedSimd ? 'Relaxed SIMD: yes.' : 'Relaxed SIMD: no.',
      can.crossOriginIsolated ? 'Cross-origin isolated: yes.' : 'Cross-origin isolated: no.',
      ...can.notes.map(({ text }) => text),
    ])),
    block('Networks and their terms', h('div.wrap', {}, h('p', {}, can.terms.text), networks(can.networks))),
  );
}

const block = (title, body) => h('div', {}, h('h3', {}, title), body);
const list = (items) => h('ul', {}, items.map((item) => h('li', {}, item)));

function networks(all) {
  const head = h('thead', {}, h('tr', {}, ['Network', 'For', 'Terms', 'Made from', 'Memory'].map((t) => h('th', { scope: 'col' }, t))));
  const rows = all.map(({ name, role, license, source, bytes }) =>
    h('tr', {}, [name, role, license, source, `${megabytes(bytes)} MB`].map((text) => h('td', {}, text))));
  return h('table', {}, head, h('tbody', {}, rows));
}
