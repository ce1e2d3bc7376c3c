/** The engine's place in a browser: a worker, or the page itself. */
import { ParsonaError } from './errors.js';
import { loadGlue } from './glue.js';
import type { Host } from './host.js';

const channel = new MessageChannel();

export const webHost: Host = {
  glue: loadGlue,
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
