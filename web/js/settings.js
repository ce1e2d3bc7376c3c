// The settings: what divides people into parts, the terms that come with it, and what this browser keeps.
import { $, announce, h, megabytes } from './dom.js';
import { chooseParser, chosenParser, engine, onEngine } from './engine.js';

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
  $('settings-body').replaceChildren(parserSection(parsona), termsSection(parsona.terms), await storageSection(parsona));
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
  if (value === chosenParser()) return;
  const stop = onEngine(({ text }) => { said.textContent = text; });
  for (const input of document.getElementsByName('parser')) input.disabled = true;
  try {
    const parsona = await chooseParser(value);
    await fill();
    announce('The parser was changed.');
    onChanged(parsona);
  } catch (error) {
    said.textContent = error.message;
  } finally {
    stop();
  }
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
