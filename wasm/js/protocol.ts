/** What the API's side and the engine's side say to each other, over a worker's messages or by plain calls. */
import type { PlainError } from './errors.js';
import type { Variant } from './features.js';
import type { ManifestFile } from './manifest.js';

/** A file to fetch; with `sha256` it is verified and cached. */
export interface Source extends Partial<Omit<ManifestFile, 'file'>> {
  file: string;
  role?: string;
  url: string;
}

export interface StartRequest {
  variant: Variant;
  threads: number;
  /** All layers in float32. */
  float32: boolean;
  maximumBytes: number;
  module: Source;
  weights: (Source | { file: string; data: Uint8Array | Blob })[];
  /** Keep verified weights in the browser's CacheStorage. */
  cache: boolean;
}

export interface NetworkInfo {
  role: string;
  name: string;
  /** SPDX identifier of the weights' terms. */
  license: string;
  source: string;
  /** Memory that it holds now. */
  bytes: number;
}

export interface Started {
  version: string;
  threads: number;
  /** Whether wide layers run in int8. */
  int8: boolean;
  labels: string[];
  keypointNames: string[];
  derivedNames: string[];
  networks: NetworkInfo[];
  menu2D: Avatar2DMenu;
  trackNames: TrackNames;
  /** What stood in the way of caching; '' when nothing did. */
  cacheProblem: string;
  /** With shared memory: the word that cancels a call under way. */
  cancel?: { buffer: SharedArrayBuffer; address: number };
}

export type Picture =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'pixels'; width: number; height: number; data: Uint8Array | Uint8ClampedArray }
  | { kind: 'bitmap'; bitmap: ImageBitmap | VideoFrame };

export interface ParseRequest {
  /** By which later calls name the scene. */
  key: number;
  picture: Picture;
  maxPersons: number;
  minScore: number;
}

export interface PersonData {
  id: number;
  score: number;
  box: [x: number, y: number, width: number, height: number];
  /** x, y, score of each landmark. */
  keypoints: Float64Array;
  /** x, y, z of each landmark in metres. */
  world: Float64Array;
  /** Pixels of each label. */
  pixels: number[];
  /** Pixels of each derived mask. */
  derived: number[];
}

export interface Timing {
  find: number;
  pose: number;
  parts: number;
  compose: number;
  face: number;
  total: number;
}

export interface SceneData {
  width: number;
  height: number;
  labels: Uint8Array<ArrayBuffer>;
  persons: Uint8Array<ArrayBuffer>;
  /** Bit k of a pixel: it is in derived mask k; empty where no pixel is in any. */
  derived: Uint8Array<ArrayBuffer>;
  people: PersonData[];
  timing: Timing;
}

/** What drawings can be made of. */
export interface Avatar2DMenu {
  styles: { name: string; about: string; photo: boolean }[];
  /** Names by kind. */
  accessories: Record<string, string[]>;
}

export interface TraitsRequest {
  /** Of the scene. */
  key: number;
  person: number;
}

export interface Avatar2DRequest {
  /** Of the scene; 0 for none. */
  key: number;
  person: number;
  /** JSON; '' to take them from the scene. */
  traits: string;
  style: string;
  frame: string;
  accessories: { kind: string; name: string; color: readonly number[] | null }[];
  seed: number;
  /** Of the PNG; 0 for none. */
  size: number;
  /** What the SVG is meant for, where no PNG is wanted; photo styles paint as many pixels a side. */
  paint: number;
  round: boolean;
}

export interface Avatar2DData {
  svg: string;
  traits: string;
  png: Uint8Array<ArrayBuffer> | null;
}

export interface Avatar3DRequest {
  /** Of the scene. */
  key: number;
  person: number;
  format: 'glb' | 'vrm' | 'vrm0' | 'pose';
  style: 'photo' | 'cartoon';
  /** Metres; 0: as the proportions suggest. */
  height: number;
  name: string;
  author: string;
  license: 'private' | 'personal' | 'cc-by' | 'cc0';
}

export interface TrackNames {
  bones: string[];
  expressions: string[];
}

export interface TrackRequest {
  /** Of the tracker, which the engine makes when it first hears of it. */
  key: number;
  mirror: boolean;
  seconds: number;
  picture: Picture;
}

export interface TrackData {
  found: boolean;
  face: boolean;
  searched: boolean;
  score: number;
  /** x, y, score of each landmark. */
  keypoints: Float64Array;
  /** x, y, z of each landmark in metres. */
  world: Float64Array;
  /** x, y, z, w of each bone. */
  bones: Float64Array;
  expressions: Float64Array;
}

export interface PngRequest {
  pixels: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  channels: 1 | 3 | 4;
}

export interface LoadRequest {
  weights: Source[];
  cache: boolean;
}

export interface Loaded {
  networks: NetworkInfo[];
  cacheProblem: string;
}

export interface Status {
  networks: NetworkInfo[];
  /** Bytes of the module's memory, and those that the library uses of it, now and at the most so far. */
  memory: { size: number; used: number; peak: number };
}

export interface BenchRequest {
  /** A network's role, or "gemm": a matrix product of 512 x 512 x 512. */
  role: string;
  runs: number;
}

export interface BenchResult {
  /** Milliseconds. */
  best: number;
  median: number;
  /** Multiplications with additions of one run. */
  macs: number;
}

/** Every call: what goes in and what comes out. */
export interface Calls {
  start: [StartRequest, Started];
  load: [LoadRequest, Loaded];
  parse: [ParseRequest, SceneData];
  traits: [TraitsRequest, string];
  avatar2d: [Avatar2DRequest, Avatar2DData];
  avatar3d: [Avatar3DRequest, Uint8Array<ArrayBuffer>];
  track: [TrackRequest, TrackData];
  untrack: [{ key: number }, null];
  png: [PngRequest, Uint8Array<ArrayBuffer>];
  status: [null, Status];
  bench: [BenchRequest, BenchResult];
}
export type CallName = keyof Calls;

export type Progress =
  /** Bytes of all files together; `cached`: this file needed no network. */
  | { phase: 'download'; loaded: number; total: number; file: string; cached: boolean }
  /** Compiling the module and unpacking the networks. */
  | { phase: 'prepare'; done: number; total: number }
  | { phase: 'parse'; stage: 'find' | 'person' | 'compose' | 'face'; done: number; total: number };

export type Message =
  | { [K in CallName]: { id: number; call: K; input: Calls[K][0] } }[CallName]
  | { id: number; call: 'cancel' };

export type Reply =
  | { id: number; value: unknown }
  | { id: number; error: PlainError }
  | { id: number; progress: Progress };
