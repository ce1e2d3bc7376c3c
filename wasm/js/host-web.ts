/** The engine's place in a browser: a worker, or the page itself. */
import { ParsonaError } from './errors.js';
import { loadGlue } from './glue.js';
import type { Host } from './host.js';

const channel = new MessageChannel();

/** A video's frames, which come often, share one canvas; a photo's is large, and goes. */
const KEPT_PIXELS = 1280 * 720;
let kept: OffscreenCanvasRenderingContext2D | null = null;

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  if (kept?.canvas.width === width && kept.canvas.height === height) return kept;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new ParsonaError('memory', `no canvas of ${width} x ${height} pixels`);
  if (width * height <= KEPT_PIXELS) kept = context;
  return context;
}

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
    const [width, height] = 'displayWidth' in bitmap ? [bitmap.displayWidth, bitmap.displayHeight] : [bitmap.width, bitmap.height];
    const context = contextOf(width, height);
    context.globalCompositeOperation = 'copy'; // over what was there before
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { kind: 'pixels', width, height, data: context.getImageData(0, 0, width, height).data };
  },
};
