// The page's one Parsona: loads by itself, tells how far it is, can be tried again.
import { createParsona } from '../parsona/index.js';
import { megabytes } from './dom.js';

const listeners = new Set();
let loading = null;
let last = { text: 'Getting ready', part: 0, state: 'loading' };

/** `listener({ text, part, state })`: part is 0..1, state is 'loading', 'ready' or 'failed'. */
export function onEngine(listener) {
  listeners.add(listener);
  listener(last);
  return () => listeners.delete(listener);
}

function tell(text, part, state = 'loading') {
  last = { text, part, state };
  for (const listener of listeners) listener(last);
}

/** What the visitor chose to divide people with: 'auto' or 'permissive'. */
export const chosenParser = () => (stored() === 'permissive' ? 'permissive' : 'auto');

const KEY = 'parsona-parser';
function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch { // storage may be forbidden
    return null;
  }
}

/** Takes another parser: the instance is made anew, its other networks come from the cache. */
export async function chooseParser(parser) {
  try {
    localStorage.setItem(KEY, parser);
  } catch { /* then only for this visit */ }
  return renew(null, parser);
}

/** The visitor's own weights file, for this visit; null when there is none. */
export let ownWeights = null;

/** Takes the file into use beside the other networks; a file that is no weights file leaves all as it was. */
export async function takeWeights(file) {
  const before = ownWeights;
  try {
    return await renew(file);
  } catch (error) {
    await renew(before);
    throw error;
  }
}

async function renew(file, parser = chosenParser()) {
  const old = await loading?.catch(() => null);
  old?.close();
  loading = null;
  ownWeights = file;
  return engine(parser);
}

/** The instance; loads it at the first call, and again after a failure. */
export function engine(parser = chosenParser()) {
  return loading ??= create(parser).catch((error) => {
    loading = null;
    tell(error.message, 0, 'failed');
    throw error;
  });
}

async function create(parser) {
  tell('Getting ready', 0);
  const asked = Number(new URLSearchParams(location.search).get('threads')); // to measure with
  const parsona = await createParsona({
    threads: asked || 'auto', parser, moreWeights: ownWeights ? [ownWeights] : [], onProgress,
  });
  tell('Ready. Your photo will stay here.', 1, 'ready');
  return parsona;
}

function onProgress(progress) {
  if (progress.phase === 'download') {
    const verb = progress.cached ? 'Reading' : 'Loading';
    tell(`${verb} ${megabytes(progress.loaded)} of ${megabytes(progress.total)} MB`,
      0.9 * progress.loaded / progress.total);
  } else if (progress.phase === 'prepare') {
    tell('Setting up', 0.9 + 0.1 * progress.done / progress.total);
  }
}
