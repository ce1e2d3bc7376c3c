/** What an engine needs of the place where it runs: a browser's worker, a Node thread, or the caller's own thread. */
import type { Glue } from './core.js';
import type { Variant } from './features.js';
import type { Picture } from './protocol.js';

export interface Host {
  glue(variant: Variant): Promise<Glue>;
  /** As fetch; also for file: URLs where there are files. */
  open(url: string, signal?: AbortSignal): Promise<Response>;
  /** Where verified weights are kept; null where they lie on disk anyway. */
  caches(): CacheStorage | null;
  /** Lets messages and events in between two steps. */
  breathe(): Promise<void>;
  /** The pixels of a bitmap or a video's frame, straight alpha; it is closed. */
  pixels(bitmap: ImageBitmap | VideoFrame): Extract<Picture, { kind: 'pixels' }>;
}
