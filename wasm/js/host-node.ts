/** The engine's place in Node: a worker thread, or the caller's own. */
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Glue } from './core.js';
import { ParsonaError } from './errors.js';
import type { Variant } from './features.js';
import type { Host } from './host.js';

const glue: Record<Variant, () => Promise<{ default: Glue }>> = {
  // @ts-ignore made by the wasm build
  'simd': () => import('./node/parsona-simd.js'),
  // @ts-ignore made by the wasm build
  'relaxed': () => import('./node/parsona-relaxed.js'),
  // @ts-ignore made by the wasm build
  'relaxed-mt': () => import('./node/parsona-relaxed-mt.js'),
};

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
  glue: async (variant) => (await glue[variant]()).default,
  open,
  caches: () => null,
  breathe: () => setImmediate(),
  pixels() {
    throw new ParsonaError('unsupported', 'there are no bitmaps in Node');
  },
};
