/** A person before a camera, frame by frame, as bones and expressions for an avatar. */
import { ParsonaError, abortReason } from './errors.js';
import { readPicture, type ImageInput } from './image.js';
import type { LoadOptions } from './parsona.js';
import type { Picture, TrackData, TrackNames, TrackRequest } from './protocol.js';

export interface TrackerOptions extends LoadOptions {
  /** Bones and expressions as a mirror shows them: the right arm raised is the avatar's left. */
  mirror?: boolean | undefined;
}

export interface TrackOptions {
  signal?: AbortSignal | undefined;
  /** When the frame was taken, on one clock for all frames; without it now. */
  seconds?: number | undefined;
}

/** Frames; bitmaps and VideoFrames are taken and closed, other pictures copied. */
export type FrameInput = ImageInput | VideoFrame;

/** x, y, z, w */
export type Quaternion = [number, number, number, number];

export interface TrackedLandmark {
  name: string;
  /** Pixels of the frame, and how sure it is that the point is seen there: 0..1. */
  x: number;
  y: number;
  score: number;
  /** Metres from the hips' middle: x to the frame's right, y down, z away from the camera. */
  world: [x: number, y: number, z: number];
}

export interface Tracked {
  /** A person is there; else the rest is empty. */
  found: boolean;
  /** A face is seen, and `expressions` tell of it; else they are 0. */
  face: boolean;
  /** The whole frame was looked at: there was nobody in the frame before, or the person was lost. */
  searched: boolean;
  score: number;
  /** By the names of VRM's humanoid, from each bone's parent, away from the T-pose that faces +Z with Y up. */
  bones: Record<string, Quaternion>;
  /** By the names of VRM's presets, 0..1: blinkLeft, blinkRight, aa, ou, happy, surprised. */
  expressions: Record<string, number>;
  landmarks: TrackedLandmark[];
  /** From the frame's arrival to this. */
  milliseconds: number;
}

/** Longer frames are made smaller: the networks look at 256 pixels. */
const LONGEST = 640;

export interface TrackerParts {
  key: number;
  mirror: boolean;
  names: TrackNames & { landmarks: string[] };
  open(url: string | URL): Promise<Response>;
  track(request: TrackRequest, transfer: Transferable[], options: TrackOptions): Promise<TrackData>;
  close(key: number): void;
}

export class Tracker {
  readonly #parts: TrackerParts;
  #busy = false;
  #closed = false;

  /** Use parsona.tracker. */
  constructor(parts: TrackerParts) {
    this.#parts = parts;
  }

  /** Looks at a frame. null: it was dropped, since the one before is still being looked at; a queue would only grow. */
  async track(frame: FrameInput, options: TrackOptions = {}): Promise<Tracked | null> {
    const { signal, seconds = performance.now() / 1000 } = options;
    if (this.#closed || signal?.aborted || this.#busy || !Number.isFinite(seconds)) {
      release(frame);
      if (this.#closed) throw new ParsonaError('closed', 'the tracker was closed');
      if (signal?.aborted) throw abortReason(signal);
      if (this.#busy) return null;
      throw new ParsonaError('argument', `seconds: ${seconds} is not a time`);
    }
    this.#busy = true;
    const start = performance.now();
    try {
      const { picture, scale } = await readFrame(frame, this.#parts.open);
      const { key, mirror, names } = this.#parts;
      const data = await this.#parts.track({ key, mirror, seconds, picture }, transferOf(picture), options);
      return tracked(data, names, scale, performance.now() - start);
    } finally {
      this.#busy = false;
    }
  }

  /** Forgets the person. A frame under way is still answered. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.close(this.#parts.key);
  }
}

// `using tracker = await parsona.tracker()`, where the language has it.
export interface Tracker extends Disposable {}
if (Symbol.dispose)
  Tracker.prototype[Symbol.dispose] = function dispose(this: Tracker) { this.close(); };

const isBitmap = (frame: FrameInput): frame is ImageBitmap => typeof ImageBitmap === 'function' && frame instanceof ImageBitmap;
const isVideoFrame = (frame: FrameInput): frame is VideoFrame => typeof VideoFrame === 'function' && frame instanceof VideoFrame;
const isVideo = (frame: FrameInput): frame is HTMLVideoElement =>
  typeof HTMLVideoElement === 'function' && frame instanceof HTMLVideoElement;

function release(frame: FrameInput): void {
  if (isBitmap(frame) || isVideoFrame(frame)) frame.close();
}

const transferOf = (picture: Picture): Transferable[] => (picture.kind === 'bitmap' ? [picture.bitmap] : []);

async function readFrame(frame: FrameInput, open: TrackerParts['open']): Promise<{ picture: Picture; scale: number }> {
  if (isVideoFrame(frame)) return { picture: { kind: 'bitmap', bitmap: frame }, scale: 1 };
  const size = sizeOf(frame);
  if (!size) return { picture: await readPicture(frame, open), scale: 1 };
  const [width, height] = size;
  if (!width || !height) throw new ParsonaError('argument', 'the video shows nothing yet');
  const scale = Math.max(1, Math.max(width, height) / LONGEST);
  if (isBitmap(frame) && scale === 1) return { picture: { kind: 'bitmap', bitmap: frame }, scale };
  const bitmap = await createImageBitmap(frame as ImageBitmapSource, {
    resizeWidth: Math.max(1, Math.round(width / scale)), resizeHeight: Math.max(1, Math.round(height / scale)), resizeQuality: 'low',
  });
  release(frame);
  return { picture: await readPicture(bitmap, open), scale };
}

/** Of what only a browser draws. */
function sizeOf(frame: FrameInput): [number, number] | null {
  if (isVideo(frame)) return [frame.videoWidth, frame.videoHeight];
  const drawn = isBitmap(frame) || (typeof HTMLCanvasElement === 'function' && frame instanceof HTMLCanvasElement)
    || (typeof OffscreenCanvas === 'function' && frame instanceof OffscreenCanvas);
  return drawn ? [frame.width, frame.height] : null;
}

function tracked(data: TrackData, names: TrackerParts['names'], scale: number, milliseconds: number): Tracked {
  const { found, face, searched, score } = data;
  if (!found) return { found, face, searched, score, bones: {}, expressions: {}, landmarks: [], milliseconds };
  const { keypoints: k, world: w } = data;
  return {
    found, face, searched, score, milliseconds,
    bones: Object.fromEntries(names.bones.map((name, i) => [name, Array.from(data.bones.subarray(4 * i, 4 * i + 4)) as Quaternion])),
    expressions: Object.fromEntries(names.expressions.map((name, i) => [name, data.expressions[i]!])),
    landmarks: names.landmarks.map((name, i) => ({
      name, x: k[3 * i]! * scale, y: k[3 * i + 1]! * scale, score: k[3 * i + 2]!,
      world: [w[3 * i]!, w[3 * i + 1]!, w[3 * i + 2]!],
    })),
  };
}
