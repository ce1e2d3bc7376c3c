// A photo on its way: shown at once, parsed with steps and a way out, then handed to the views.
import { readAhead } from './ahead.js';
import { $, announce, anotherPhoto, h } from './dom.js';
import { engine, onEngine } from './engine.js';
import { countOf } from './map-view.js';
import { Stage } from './stage.js';
import { views } from './views.js';

const stage = new Stage($('stage'), () => {});
let job = null; // AbortController of the photo that is being parsed
let current = null; // the photo
let closeView = () => {};

export function initWork() {
  $('again').addEventListener('click', () => leave());
}

/** The open photo once more, by another parser. */
export function again() {
  if (!$('work').hidden && current) void openPhoto(current);
}

/** Back to the first screen. */
function leave() {
  job?.abort();
  clear();
  $('work').hidden = true;
  $('start').hidden = false;
  document.title = 'Parsona: from a photo to your avatar';
  $('file').focus();
}

function clear() {
  closeView();
  closeView = () => {};
  stage.close();
  $('panel').replaceChildren();
  $('modes').hidden = true;
  $('tabs').hidden = true;
  $('under').replaceChildren();
  announce(''); // what was said of the photo before
}

/** Parses a photo and shows what was found. A photo that comes while another is at work takes its place. */
export async function openPhoto(file) {
  job?.abort();
  const mine = job = new AbortController();
  current = file;
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
    void readAhead(parsona, scene);
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
  // `memory` is for what a view wants to find again when it is opened once more.
  const context = { ...result, stage, panel: $('panel'), modes: $('modes'), under: $('under'), memory: {} };
  showTabs((view) => {
    closeView();
    closeView = view.open(context);
  }, scene.persons.length > 0);
  announce(`${countOf(scene)} found.`);
  document.title = `${countOf(scene)}: Parsona`;
  $('summary').focus({ preventScroll: true });
}

/** A tab for each view; nobody found leaves the first alone. */
function showTabs(open, all) {
  const tabs = $('tabs');
  const buttons = views.map((view) => h('button', {
    type: 'button', role: 'tab', id: `tab-${view.id}`, 'aria-controls': 'panel', onclick: () => choose(view),
  }, view.name));
  const choose = (view) => {
    for (const [i, button] of buttons.entries()) {
      button.ariaSelected = String(views[i] === view);
      button.tabIndex = views[i] === view ? 0 : -1;
    }
    open(view);
  };
  tabs.onkeydown = ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    choose(views[next]);
    buttons[next].focus();
  };
  tabs.hidden = !all;
  tabs.replaceChildren(...buttons);
  choose(views[0]);
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
        : at === 'person' ? `Person ${done}` // how many there are shows when all were looked at
          : at === 'face' ? 'Looking at faces' : 'Putting everybody together';
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
  const hopeless = ['image', 'too_large'].includes(error.code); // for this file
  return h('section.trouble', {},
    h('h2', { id: 'summary', tabIndex: -1 }, 'That did not work'),
    h('p', {}, advice ?? 'Something unexpected happened.'),
    h('p.lede', {}, error.message),
    h('div.buttons', {}, hopeless ? anotherPhoto() : h('button.button.small', { type: 'button', onclick: retry }, 'Try again')));
}
