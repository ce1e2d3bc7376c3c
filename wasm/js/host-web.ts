/** The engine's place in a browser: a worker, or the page itself. */
import type { Glue } from './core.js';
import { ParsonaError } from './errors.js';
import type { Variant } from './features.js';
import type { Host } from './host.js';

// Literal paths, so that bundlers see them.
const glue: Record<Variant, () => Promise<{ default: Glue }>> = {
  // @ts-ignore made by the wasm build
  'simd': () => import('./parsona-simd.js'),
  // @ts-ignore made by the wasm build
  'relaxed': () => import('./parsona-relaxed.js'),
  // @ts-ignore made by the wasm build
  'relaxed-mt': () => import('./parsona-relaxed-mt.js'),
};

const channel = new MessageChannel();

export const webHost: Host = {
  glue: async (variant) => (await glue[variant]()).default,
  open: (url, signal) => fetch(url, { credentials: 'same-origin', ...(signal && { signal }) }),
  caches: () => globalThis.caches ?? null, // insecure contexts have none
  // A message to oneself: timers are slowed down after a few nestings, messages are not.
  breathe: () => new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(0);
  }),
  pixels(bitmap) {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) throw new ParsonaError('memory', `no canvas of ${width} x ${height} pixels`);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { kind: 'pixels', width, height, data: context.getImageData(0, 0, width, height).data };
  },
};
