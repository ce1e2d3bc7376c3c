// A photo on its way: shown at once, parsed with steps and a way out, then handed to the views.
import { $, announce, h } from './dom.js';
import { engine, onEngine } from './engine.js';
import { countOf } from './map-view.js';
import { Stage } from './stage.js';
import { views } from './views.js';

const stage = new Stage($('stage'), () => {});
let job = null; // AbortController of the photo that is being parsed
let closeView = () => {};

export function initWork() {
  $('again').addEventListener('click', () => leave());
}

/** Back to the first screen. */
function leave() {
  job?.abort();
  clear();
  $('work').hidden = true;
  $('start').hidden = false;
  document.title = 'Parsona: people in photos, part by part';
  $('file').focus();
}

function clear() {
  closeView();
  closeView = () => {};
  stage.close();
  $('panel').replaceChildren();
  $('modes').hidden = true;
  $('under').replaceChildren();
}

/** Parses a photo and shows what was found. A photo that comes while another is at work takes its place. */
export async function openPhoto(file) {
  job?.abort();
  const mine = job = new AbortController();
  clear();
  $('start').hidden = true;
  $('work').hidden = false;
  scrollTo(0, 0);
  const opened = stage.open(file);
  const card = workingCard(() => { mine.abort(); leave(); });
  stage.element.append(card.element);
  card.cancel.focus({ preventScroll: true });
  await opened;
  stage.element.append(card.element); // above the photo
  try {
    const parsona = await waitForEngine(card, mine.signal);
    const begun = performance.now();
    const scene = await parsona.parse(file, { signal: mine.signal, onProgress: card.step });
    const milliseconds = performance.now() - begun;
    if (mine !== job) return;
    card.element.remove();
    present({ parsona, scene, name: file.name ?? 'photo', milliseconds });
  } catch (error) {
    if (mine.signal.aborted) return;
    card.element.remove();
    $('panel').replaceChildren(trouble(error, () => openPhoto(file)));
    $('summary').focus();
  }
}

async function waitForEngine(card, signal) {
  const stop = onEngine(({ text, part, state }) => { if (state === 'loading') card.load(text, part); });
  try {
    return await Promise.race([engine(), new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    })]);
  } finally {
    stop();
  }
}

function present(result) {
  const { scene } = result;
  stage.show(scene);
  const context = { ...result, stage, panel: $('panel'), modes: $('modes'), under: $('under') };
  const open = (view) => {
    closeView();
    closeView = view.open(context);
  };
  const tabs = $('tabs');
  tabs.hidden = views.length < 2;
  tabs.replaceChildren(...(views.length < 2 ? [] : views.map((view) => h('button', {
    type: 'button', role: 'tab', 'aria-controls': 'panel', onclick: () => open(view),
  }, view.name))));
  open(views[0]);
  announce(`${countOf(scene)} found.`);
  document.title = `${countOf(scene)}: Parsona`;
  $('summary').focus({ preventScroll: true });
}

function workingCard(onCancel) {
  const title = h('h2', { id: 'working' }, 'Loading the networks');
  const bar = h('progress', { max: 1, value: 0, 'aria-labelledby': 'working' });
  const text = h('p', { role: 'status' }, '');
  const cancel = h('button.button.small', { type: 'button', onclick: onCancel }, 'Cancel');
  const element = h('div.working', {}, h('div.card', {}, title, bar, text, cancel));
  return {
    element, cancel,
    load(what, part) {
      bar.value = part;
      text.textContent = `${what}. Only this once.`;
    },
    step({ phase, stage: at, done, total }) {
      if (phase !== 'parse') return;
      title.textContent = 'Looking at your photo';
      bar.value = (done + 0.5) / total;
      text.textContent = at === 'find' ? 'Looking for people'
        : at === 'person' ? `Person ${done} of ${total - 2}` : 'Putting everybody together';
    },
  };
}

/** What to tell a person about an error. */
function trouble(error, retry) {
  const advice = {
    image: 'This file is not a picture that can be read here. JPEG, PNG, GIF and BMP always work; WebP, AVIF and HEIC '
      + 'where your browser knows them.',
    too_large: 'This picture is larger than Parsona takes.',
    memory: 'This device ran out of memory. A smaller picture, or closing other tabs, helps.',
    network: 'The networks could not be loaded. Are you online?',
    crashed: 'The engine stopped and was started again.',
  }[error.code];
  return h('section.trouble', {},
    h('h2', { id: 'summary', tabIndex: -1 }, 'That did not work'),
    h('p', {}, advice ?? 'Something unexpected happened.'),
    h('p.lede', {}, error.message),
    h('div.buttons', {}, h('button.button.small', { type: 'button', onclick: retry }, 'Try again')));
}
