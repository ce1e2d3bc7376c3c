/** The engine's place in Node: a worker thread, or the caller's own. */
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ParsonaError } from './errors.js';
import { loadGlue } from './glue.js';
import type { Host } from './host.js';

export async function open(url: string, signal?: AbortSignal): Promise<Response> {
  if (!url.startsWith('file:')) return fetch(url, signal ? { signal } : {});
  try {
    return new Response(await readFile(new URL(url), signal ? { signal } : {}));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return new Response(null, { status: 404, statusText: 'no such file' });
    throw error;
  }
}

export const nodeHost: Host = {
  glue: loadGlue,
  open,
  caches: () => null,
  breathe: () => setImmediate(),
  pixels() {
    throw new ParsonaError('unsupported', 'there are no bitmaps in Node');
  },
};
