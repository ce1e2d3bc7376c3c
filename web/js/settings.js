// The settings: what divides people into parts, the terms that come with it, and what this browser keeps.
import { $, announce, h, megabytes } from './dom.js';
import { chooseParser, chosenParser, engine, onEngine, ownWeights, takeWeights } from './engine.js';

/** `changed(parsona)` hears of the new instance after another parser was chosen. */
export function initSettings(changed) {
  $('settings').addEventListener('click', () => openSettings());
  $('settings-close').addEventListener('click', () => $('settings-dialog').close());
  $('settings-dialog').addEventListener('click', (event) => { // beside the sheet
    if (event.target === event.currentTarget) event.currentTarget.close();
  });
  onChanged = changed;
}

let onChanged = () => {};

export function openSettings() {
  $('settings-dialog').showModal();
  void fill();
}

async function fill() {
  $('settings-body').replaceChildren(h('p.note', {}, 'One moment'));
  const parsona = await engine().catch(() => null);
  if (!parsona) return $('settings-body').replaceChildren(h('p.note', {}, 'The networks are not loaded.'));
  $('settings-body').replaceChildren(parserSection(parsona), ownSection(), termsSection(parsona.terms), await storageSection(parsona));
}

const PARSERS = [
  ['auto', 'm2fp-lite', 'M2FP-Lite', 'Our own network: the finest parts, sleeves and faces. Trained on photos that are '
    + 'licensed for research, so not for commercial use.'],
  ['permissive', 'permissive', 'Permissive', 'Only networks under the Apache License 2.0, free for any use, commercial '
    + 'use included. Fewer kinds of parts.'],
];

function parserSection(parsona) {
  const said = h('p.note', { role: 'status' });
  const choices = PARSERS.map(([value, parser, name, text]) => {
    const there = parsona.parsers.includes(parser);
    const input = h('input', {
      type: 'radio', name: 'parser', value, checked: parsona.parser === parser, disabled: !there,
      onchange: () => take(value, said),
    });
    return h('label.choice', {}, input, h('b', {}, name), h('small', {}, there ? text : `${text} Not part of this build.`));
  });
  return h('section', { 'aria-label': 'Parser' }, h('h3', { id: 'parser-title' }, 'What divides people into parts'),
    h('fieldset.choices', { 'aria-labelledby': 'parser-title' }, choices), said);
}

async function take(value, said) {
  if (value === chosenParser() && !ownWeights) return;
  await change(() => chooseParser(value), said);
}

/** Another instance takes the place of the page's; `said` tells how far it is, or why it is not. */
async function change(make, said) {
  const stop = onEngine(({ text }) => { said.textContent = text; });
  for (const control of $('settings-body').querySelectorAll('input, button')) control.disabled = true;
  try {
    const parsona = await make();
    stop();
    await fill();
    announce('The networks were changed.');
    onChanged(parsona);
  } catch (error) {
    stop();
    await fill();
    $('own-said').textContent = error.message;
  }
}

function ownSection() {
  const said = h('p.note', { id: 'own-said', role: 'status' },
    ownWeights ? `${ownWeights.name} divides people into parts, until you leave this page.` : '');
  const input = h('input.unseen', {
    type: 'file', id: 'own-file', accept: '.safetensors',
    onchange: ({ target }) => target.files[0] && change(() => takeWeights(target.files[0]), said),
  });
  return h('section', { 'aria-label': 'A network of your own' }, h('h3', {}, 'A network of your own'),
    h('p.note', {}, 'An M2FP checkpoint that was converted with ', h('code', {}, 'parsona convert'),
      ' reads all people at once. It is read here and sent nowhere; it needs some hundred megabytes of memory and more time.'),
    h('div.buttons', {},
      h('label.button.small', { htmlFor: 'own-file' }, ownWeights ? 'Choose another file' : 'Choose a file'), input,
      ownWeights ? h('button.button.small', { type: 'button', onclick: () => change(() => takeWeights(null), said) }, 'Do without it') : null),
    said);
}

function termsSection(terms) {
  return h('section', { 'aria-label': 'Terms' }, h('h3', {}, 'What you may do with the results'),
    h('p.note', {}, terms.text, ' They are yours: Parsona itself asks for nothing.'));
}

async function storageSection(parsona) {
  const kept = await parsona.cache.list().catch(() => []);
  const total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const body = kept.length
    ? [h('ul.kept', {}, kept.map(({ file, bytes }) => h('li', {}, h('span', {}, file.replace(/^.*\//, '').replace('.safetensors', '')),
      h('span', {}, `${megabytes(bytes)} MB`)))),
    h('button.button.small', { type: 'button', onclick: async () => { await parsona.cache.clear(); await fill(); } },
      `Forget them (${megabytes(total)} MB)`)]
    : [h('p.note', {}, 'Nothing is kept: the networks are loaded anew at each visit.')];
  return h('section', { 'aria-label': 'Storage' }, h('h3', {}, 'Networks kept in this browser'), body);
}
