/** The C library as it is: its memory, its calls, its structs as numbers. One Core is one module instance with one
 * context; everything here is synchronous but its making. C's side is parsona.h and wasm/shim.c. */
import { ParsonaError, type ErrorCode } from './errors.js';
import type { BenchResult, NetworkInfo, PersonData, SceneData, Started, Status } from './protocol.js';

type Pointer = number;

/** The functions of wasm/exports.txt. */
interface Exports {
  _malloc(size: number): Pointer;
  _free(block: Pointer): void;
  _pa_status_name(status: number): Pointer;
  _pa_version(): Pointer;
  _pa_context_destroy(context: Pointer): void;
  _pa_context_message(context: Pointer): Pointer;
  _pa_context_threads(context: Pointer): number;
  _pa_context_cancel(context: Pointer): void;
  _pa_context_load(context: Pointer, bytes: Pointer, size: number): number;
  _pa_context_network_count(context: Pointer): number;
  _pa_context_network(context: Pointer, index: number, info: Pointer): number;
  _pa_image_decode(context: Pointer, bytes: Pointer, size: number, image: Pointer): number;
  _pa_image_from_rgba(context: Pointer, rgba: Pointer, w: number, h: number, stride: number, image: Pointer): number;
  _pa_image_destroy(image: Pointer): void;
  _pa_png_encode(context: Pointer, pixels: Pointer, w: number, h: number, channels: number, png: Pointer,
    size: Pointer): number;
  _pa_bytes_free(bytes: Pointer): void;
  _pa_label_count(): number;
  _pa_label_name(label: number): Pointer;
  _pa_keypoint_name(keypoint: number): Pointer;
  _pa_parse_step(job: Pointer, scene: Pointer): number;
  _pa_parse_end(job: Pointer): void;
  _pa_scene_destroy(scene: Pointer): void;
  _pa_scene_width(scene: Pointer): number;
  _pa_scene_height(scene: Pointer): number;
  _pa_scene_labels(scene: Pointer): Pointer;
  _pa_scene_persons(scene: Pointer): Pointer;
  _pa_scene_person_count(scene: Pointer): number;
  _pa_mem_used(): number;
  _pa_mem_peak(): number;
  _pa_mem_reset_peak(): void;
  _pa_js_context_create(threads: number, profile: number, context: Pointer): number;
  _pa_js_cancel_flag(context: Pointer): Pointer;
  _pa_js_parse_begin(context: Pointer, image: Pointer, maxPersons: number, minScore: number, job: Pointer): number;
  _pa_js_person(scene: Pointer, index: number, out: Pointer): number;
  _pa_js_timing(scene: Pointer, out: Pointer): void;
  _pa_js_bench(context: Pointer, role: Pointer, runs: number, out: Pointer): number;
}

/** A parse under way. */
export interface Job {
  job: Pointer;
  image: Pointer;
}

/** What Emscripten's glue exports by default: a function that makes an instance. */
export type Glue = (options: Record<string, unknown>) => Promise<unknown>;

export type StageName = 'find' | 'person' | 'compose';
/** Returns false to cancel. */
export type StageListener = (stage: StageName, done: number, total: number) => boolean;

const STAGES: StageName[] = ['find', 'person', 'compose'];
const KEYPOINTS = 33;
const PAGE = 65536;
const INITIAL_PAGES = 256; // what wasm/CMakeLists.txt declares
const MAXIMUM_PAGES = 32768;

export interface CoreOptions {
  glue: Glue;
  module: WebAssembly.Module;
  threads: number;
  /** Threads, hence shared memory. */
  shared: boolean;
  maximumBytes: number;
}

export class Core {
  onStage: StageListener = () => true;
  readonly #c: Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #context: Pointer;
  #out: Pointer = 0; // four words for results

  static async create(options: CoreOptions): Promise<Core> {
    const memory = makeMemory(options);
    let listener: StageListener = () => true;
    const exports = await instantiate(options, memory, (stage, done, total) => listener(stage, done, total));
    const core = new Core(exports, memory, options.threads);
    listener = (stage, done, total) => core.onStage(stage, done, total);
    return core;
  }

  private constructor(exports: Exports, memory: WebAssembly.Memory, threads: number) {
    this.#c = exports;
    this.#memory = memory;
    this.#out = this.#alloc(16);
    const status = exports._pa_js_context_create(threads, 0, this.#out);
    if (status) throw new ParsonaError(this.#code(status), 'the engine could not be made');
    this.#context = this.#word(0);
  }

  describe(): Started {
    const c = this.#c;
    const names = (count: number, name: (i: number) => Pointer) =>
      Array.from({ length: count }, (_, i) => this.#text(name(i)));
    const started: Started = {
      version: this.#text(c._pa_version()),
      threads: c._pa_context_threads(this.#context),
      labels: names(c._pa_label_count(), c._pa_label_name),
      keypointNames: names(KEYPOINTS, c._pa_keypoint_name),
      cacheProblem: '',
    };
    const buffer = this.#memory.buffer as ArrayBufferLike;
    if (!(buffer instanceof ArrayBuffer))
      started.cancel = { buffer, address: c._pa_js_cancel_flag(this.#context) };
    return started;
  }

  status(): Status {
    const c = this.#c;
    const count = c._pa_context_network_count(this.#context);
    return {
      networks: Array.from({ length: count }, (_, i) => this.#network(i)),
      memory: { size: this.#memory.buffer.byteLength, used: c._pa_mem_used(), peak: c._pa_mem_peak() },
    };
  }

  #network(index: number): NetworkInfo {
    const info = this.#alloc(20); // four char *, one size_t
    try {
      this.#check(this.#c._pa_context_network(this.#context, index, info));
      const words = new Uint32Array(this.#memory.buffer, info, 5);
      const [role, name, license, source] = Array.from(words.subarray(0, 4), (p) => this.#text(p));
      return { role: role!, name: name!, license: license!, source: source!, bytes: words[4]! };
    } finally {
      this.#c._free(info);
    }
  }

  /** Loads a weights file. */
  load(bytes: Uint8Array): void {
    this.#withCopy(bytes, (p) => this.#check(this.#c._pa_context_load(this.#context, p, bytes.length)));
  }

  /** Encoded bytes to an image, to be given to `begin`. */
  decode(bytes: Uint8Array): Pointer {
    if (!bytes.length) throw new ParsonaError('image', 'not an image: 0 bytes');
    return this.#withCopy(bytes, (p) => {
      this.#check(this.#c._pa_image_decode(this.#context, p, bytes.length, this.#out));
      return this.#word(0);
    });
  }

  pixels(data: Uint8Array | Uint8ClampedArray, width: number, height: number): Pointer {
    return this.#withCopy(data, (p) => {
      this.#check(this.#c._pa_image_from_rgba(this.#context, p, width, height, 0, this.#out));
      return this.#word(0);
    });
  }

  /** Starts a parse, which owns the image from now on. */
  begin(image: Pointer, maxPersons: number, minScore: number): Job {
    try {
      this.#check(this.#c._pa_js_parse_begin(this.#context, image, maxPersons, minScore, this.#out));
      return { job: this.#word(0), image };
    } catch (error) {
      this.#c._pa_image_destroy(image);
      throw error;
    }
  }

  /** One step of the parse; the scene when it was the last. */
  step({ job }: Job): SceneData | null {
    new Uint32Array(this.#memory.buffer, this.#out, 1)[0] = 0;
    this.#check(this.#c._pa_parse_step(job, this.#out));
    const scene = this.#word(0);
    if (!scene) return null;
    try {
      return this.#scene(scene);
    } finally {
      this.#c._pa_scene_destroy(scene);
    }
  }

  end({ job, image }: Job): void {
    this.#c._pa_parse_end(job);
    this.#c._pa_image_destroy(image);
  }

  #scene(scene: Pointer): SceneData {
    const c = this.#c;
    const [width, height] = [c._pa_scene_width(scene), c._pa_scene_height(scene)];
    const count = c._pa_scene_person_count(scene);
    const [find, pose, parts, compose, face, total] = this.#doubles(6, (out) => c._pa_js_timing(scene, out));
    return {
      width, height,
      labels: this.#copy(c._pa_scene_labels(scene), width * height),
      persons: this.#copy(c._pa_scene_persons(scene), width * height),
      people: Array.from({ length: count }, (_, i) => this.#person(scene, i)),
      timing: { find: find!, pose: pose!, parts: parts!, compose: compose!, face: face!, total: total! },
    };
  }

  #person(scene: Pointer, index: number): PersonData {
    const numbers = this.#doubles(6 + 6 * KEYPOINTS + this.#c._pa_label_count(), (out) =>
      this.#check(this.#c._pa_js_person(scene, index, out)));
    const [id, score, x, y, width, height] = numbers;
    const world = 6 + 3 * KEYPOINTS, pixels = world + 3 * KEYPOINTS;
    return {
      id: id!, score: score!, box: [x!, y!, width!, height!],
      keypoints: numbers.slice(6, world),
      world: numbers.slice(world, pixels),
      pixels: Array.from(numbers.subarray(pixels)),
    };
  }

  png(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number, channels: number): Uint8Array<ArrayBuffer> {
    if (pixels.length !== width * height * channels)
      throw new ParsonaError('argument', `${pixels.length} bytes are not ${width} x ${height} x ${channels}`);
    return this.#withCopy(pixels, (p) => {
      this.#check(this.#c._pa_png_encode(this.#context, p, width, height, channels, this.#out, this.#out + 4));
      const [bytes, size] = [this.#word(0), this.#word(1)];
      const png = this.#copy(bytes, size);
      this.#c._pa_bytes_free(bytes);
      return png;
    });
  }

  bench(role: string, runs: number): BenchResult {
    const text = new TextEncoder().encode(`${role}\0`);
    const [best, median, macs] = this.#withCopy(text, (name) =>
      this.#doubles(3, (out) => this.#check(this.#c._pa_js_bench(this.#context, name, runs, out))));
    return { best: best!, median: median!, macs: macs! };
  }

  // ---------------------------------------------------------------- memory
  // Views are made anew at each use: the memory may have grown.

  #alloc(size: number): Pointer {
    const block = this.#c._malloc(size);
    if (!block) throw new ParsonaError('memory', `out of memory: ${size} bytes`);
    return block;
  }

  #withCopy<T>(bytes: Uint8Array | Uint8ClampedArray, use: (p: Pointer) => T): T {
    const block = this.#alloc(Math.max(1, bytes.length));
    try {
      new Uint8Array(this.#memory.buffer).set(bytes, block);
      return use(block);
    } finally {
      this.#c._free(block);
    }
  }

  #copy(at: Pointer, size: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(size);
    copy.set(new Uint8Array(this.#memory.buffer, at, size));
    return copy;
  }

  #doubles(count: number, fill: (out: Pointer) => void): Float64Array {
    const block = this.#alloc(8 * count);
    try {
      fill(block);
      return new Float64Array(this.#memory.buffer, block, count).slice();
    } finally {
      this.#c._free(block);
    }
  }

  #word(index: number): number {
    return new Uint32Array(this.#memory.buffer, this.#out, 4)[index]!;
  }

  #text(at: Pointer): string {
    if (!at) return '';
    const heap = new Uint8Array(this.#memory.buffer);
    // A decoder takes no view of shared memory: slice copies.
    return new TextDecoder().decode(heap.slice(at, heap.indexOf(0, at)));
  }

  #code(status: number): ErrorCode {
    return this.#text(this.#c._pa_status_name(status)) as ErrorCode;
  }

  #check(status: number): void {
    if (!status) return;
    const code = this.#code(status);
    throw new ParsonaError(code, this.#text(this.#c._pa_context_message(this.#context)) || code);
  }
}

/** Shared memory reserves its maximum at once, which small machines refuse: then less is asked for. */
function makeMemory({ shared, maximumBytes }: CoreOptions): WebAssembly.Memory {
  let maximum = Math.min(MAXIMUM_PAGES, Math.floor(maximumBytes / PAGE));
  if (maximum < INITIAL_PAGES)
    throw new ParsonaError('argument', `maxMemory: at least ${INITIAL_PAGES * PAGE} bytes are needed`);
  for (;;) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    } catch (cause) {
      if (!shared || maximum < 4096)
        throw new ParsonaError('memory', `no memory of ${maximum * PAGE} bytes could be reserved`, { cause });
      maximum >>= 1;
    }
  }
}

async function instantiate(options: CoreOptions, wasmMemory: WebAssembly.Memory, listener: StageListener):
    Promise<Exports> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => { fail = reject; });
  const made = options.glue({
    wasmMemory,
    parsonaThreads: options.threads,
    parsonaProgress: (stage: number, done: number, total: number) => listener(STAGES[stage]!, done, total),
    instantiateWasm(imports: WebAssembly.Imports,
                    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void) {
      // The glue never learns of a failure by itself: its promise would stay open for ever.
      WebAssembly.instantiate(options.module, imports).then((instance) => done(instance, options.module), fail);
      return {};
    },
  });
  return await Promise.race([made, failed]) as Exports;
}
