/** The C library as it is: its memory, its calls, its structs as numbers. One Core is one module instance with one
 * context; everything here is synchronous but its making. C's side is parsona.h and wasm/shim.c. */
import { menu2D, type Avatar2DExports } from './core-avatar2d.js';
import type { Avatar3DExports } from './core-avatar3d.js';
import { trackNames, type TrackExports } from './core-track.js';
import { ParsonaError, type ErrorCode } from './errors.js';
import { Heap, type HeapExports, type Pointer } from './heap.js';
import type { BenchResult, NetworkInfo, PersonData, SceneData, Started, Status } from './protocol.js';


/** The functions of wasm/exports.txt. */
interface Exports extends HeapExports, Avatar2DExports, Avatar3DExports, TrackExports {
  _pa_status_name(status: number): Pointer;
  _pa_version(): Pointer;
  _pa_context_destroy(context: Pointer): void;
  _pa_context_message(context: Pointer): Pointer;
  _pa_context_threads(context: Pointer): number;
  _pa_context_int8(context: Pointer): number;
  _pa_context_cancel_word(context: Pointer): Pointer;
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
  _pa_derived_count(): number;
  _pa_derived_name(derived: number): Pointer;
  _pa_keypoint_name(keypoint: number): Pointer;
  _pa_parse_step(job: Pointer, scene: Pointer): number;
  _pa_parse_end(job: Pointer): void;
  _pa_scene_destroy(scene: Pointer): void;
  _pa_scene_width(scene: Pointer): number;
  _pa_scene_height(scene: Pointer): number;
  _pa_scene_labels(scene: Pointer): Pointer;
  _pa_scene_persons(scene: Pointer): Pointer;
  _pa_scene_derived(scene: Pointer): Pointer;
  _pa_scene_person_count(scene: Pointer): number;
  _pa_mem_used(): number;
  _pa_mem_peak(): number;
  _pa_mem_reset_peak(): void;
  _pa_js_context_create(threads: number, float32: number, context: Pointer): number;
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

export type StageName = 'find' | 'person' | 'compose' | 'face';
/** Returns false to cancel. */
export type StageListener = (stage: StageName, done: number, total: number) => boolean;

const STAGES: StageName[] = ['find', 'person', 'compose', 'face'];
const KEYPOINTS = 33;
const PAGE = 65536;
const INITIAL_PAGES = 256; // what wasm/CMakeLists.txt declares
const MAXIMUM_PAGES = 32768;
const THREADS_ANSWER_MS = 15_000;

export interface CoreOptions {
  glue: Glue;
  module: WebAssembly.Module;
  threads: number;
  /** Threads, hence shared memory. */
  shared: boolean;
  /** All layers in float32. */
  float32: boolean;
  maximumBytes: number;
}

export class Core {
  onStage: StageListener = () => true;
  readonly #c: Exports;
  readonly #memory: WebAssembly.Memory;
  readonly heap: Heap;
  readonly #context: Pointer;
  #out: Pointer = 0; // four words for results

  static async create(options: CoreOptions): Promise<Core> {
    const memory = makeMemory(options);
    let listener: StageListener = () => true;
    const exports = await instantiate(options, memory, (stage, done, total) => listener(stage, done, total));
    const core = new Core(exports, memory, options);
    listener = (stage, done, total) => core.onStage(stage, done, total);
    return core;
  }

  private constructor(exports: Exports, memory: WebAssembly.Memory, { threads, float32 }: CoreOptions) {
    this.#c = exports;
    this.#memory = memory;
    this.heap = new Heap(exports, memory);
    this.#out = this.heap.alloc(16);
    const status = exports._pa_js_context_create(threads, Number(float32), this.#out);
    if (status) throw new ParsonaError(this.#code(status), 'the engine could not be made');
    this.#context = this.#word(0);
  }

  describe(): Started {
    const c = this.#c;
    const names = (count: number, name: (i: number) => Pointer) =>
      Array.from({ length: count }, (_, i) => this.heap.text(name(i)));
    const started: Started = {
      version: this.heap.text(c._pa_version()),
      threads: c._pa_context_threads(this.#context),
      int8: Boolean(c._pa_context_int8(this.#context)),
      labels: names(c._pa_label_count(), c._pa_label_name),
      keypointNames: names(KEYPOINTS, c._pa_keypoint_name),
      derivedNames: names(c._pa_derived_count(), c._pa_derived_name),
      networks: this.networks(),
      menu2D: menu2D(this),
      trackNames: trackNames(this),
      cacheProblem: '',
    };
    const buffer = this.#memory.buffer as ArrayBufferLike;
    if (!(buffer instanceof ArrayBuffer))
      started.cancel = { buffer, address: c._pa_context_cancel_word(this.#context) };
    return started;
  }

  status(): Status {
    const c = this.#c;
    return {
      networks: this.networks(),
      memory: { size: this.#memory.buffer.byteLength, used: c._pa_mem_used(), peak: c._pa_mem_peak() },
    };
  }

  networks(): NetworkInfo[] {
    const count = this.#c._pa_context_network_count(this.#context);
    return Array.from({ length: count }, (_, i) => this.#network(i));
  }

  #network(index: number): NetworkInfo {
    const info = this.heap.alloc(20); // four char *, one size_t
    try {
      this.check(this.#c._pa_context_network(this.#context, index, info));
      const words = this.heap.words(info, 5);
      const [role, name, license, source] = Array.from(words.subarray(0, 4), (p) => this.heap.text(p));
      return { role: role!, name: name!, license: license!, source: source!, bytes: words[4]! };
    } finally {
      this.heap.free(info);
    }
  }

  /** Loads a weights file. */
  load(bytes: Uint8Array): void {
    this.heap.withCopy(bytes, (p) => this.check(this.#c._pa_context_load(this.#context, p, bytes.length)));
  }

  /** Encoded bytes to an image, to be given to `begin`. */
  decode(bytes: Uint8Array): Pointer {
    if (!bytes.length) throw new ParsonaError('image', 'not an image: 0 bytes');
    return this.heap.withCopy(bytes, (p) => {
      this.check(this.#c._pa_image_decode(this.#context, p, bytes.length, this.#out));
      return this.#word(0);
    });
  }

  pixels(data: Uint8Array | Uint8ClampedArray, width: number, height: number): Pointer {
    return this.heap.withCopy(data, (p) => {
      this.check(this.#c._pa_image_from_rgba(this.#context, p, width, height, 0, this.#out));
      return this.#word(0);
    });
  }

  /** Starts a parse of an image, which must live until its end; it is freed when the start fails. */
  begin(image: Pointer, maxPersons: number, minScore: number): Job {
    try {
      this.check(this.#c._pa_js_parse_begin(this.#context, image, maxPersons, minScore, this.#out));
      return { job: this.#word(0), image };
    } catch (error) {
      this.#c._pa_image_destroy(image);
      throw error;
    }
  }

  /** One step of the parse; the scene when it was the last, 0 before. */
  step({ job }: Job): Pointer {
    this.heap.words(this.#out, 1)[0] = 0;
    this.check(this.#c._pa_parse_step(job, this.#out));
    return this.#word(0);
  }

  /** The job goes, its image stays. */
  end({ job }: Job): void {
    this.#c._pa_parse_end(job);
  }

  freeImage(image: Pointer): void {
    this.#c._pa_image_destroy(image);
  }

  freeScene(scene: Pointer): void {
    this.#c._pa_scene_destroy(scene);
  }

  /** A copy of all that the scene says. */
  scene(scene: Pointer): SceneData {
    const c = this.#c;
    const [width, height] = [c._pa_scene_width(scene), c._pa_scene_height(scene)];
    const count = c._pa_scene_person_count(scene);
    const [find, pose, parts, compose, face, total] = this.heap.doubles(6, (out) => c._pa_js_timing(scene, out));
    const people = Array.from({ length: count }, (_, i) => this.#person(scene, i));
    const persons = this.heap.copy(c._pa_scene_persons(scene), width * height);
    return {
      width, height, persons, people,
      labels: this.heap.copy(c._pa_scene_labels(scene), width * height),
      derived: this.#derived(c._pa_scene_derived(scene), persons, people),
      timing: { find: find!, pose: pose!, parts: parts!, compose: compose!, face: face!, total: total! },
    };
  }

  /** The derived masks, counted for each person; nothing where there are none. */
  #derived(at: Pointer, persons: Uint8Array, people: PersonData[]): Uint8Array<ArrayBuffer> {
    const bits = this.heap.bytes(at, persons.length);
    const count = this.#c._pa_derived_count();
    const pixels = new Uint32Array(256 * count); // by id and mask
    let any = false;
    bits.forEach((value, i) => {
      if (!value) return;
      any = true;
      for (let k = 0; k < count; k++) if (value >> k & 1) pixels[persons[i]! * count + k]!++;
    });
    for (const person of people)
      person.derived = Array.from(pixels.subarray(person.id * count, (person.id + 1) * count));
    return any ? this.heap.copy(at, persons.length) : new Uint8Array(0);
  }

  #person(scene: Pointer, index: number): PersonData {
    const numbers = this.heap.doubles(6 + 6 * KEYPOINTS + this.#c._pa_label_count(), (out) =>
      this.check(this.#c._pa_js_person(scene, index, out)));
    const [id, score, x, y, width, height] = numbers;
    const world = 6 + 3 * KEYPOINTS, pixels = world + 3 * KEYPOINTS;
    return {
      id: id!, score: score!, box: [x!, y!, width!, height!],
      keypoints: numbers.slice(6, world),
      world: numbers.slice(world, pixels),
      pixels: Array.from(numbers.subarray(pixels)),
      derived: [],
    };
  }

  png(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number, channels: number): Uint8Array<ArrayBuffer> {
    if (pixels.length !== width * height * channels)
      throw new ParsonaError('argument', `${pixels.length} bytes are not ${width} x ${height} x ${channels}`);
    return this.heap.withCopy(pixels, (p) => this.pngAt(p, width, height, channels));
  }

  /** Of pixels in the module's memory. */
  pngAt(pixels: Pointer, width: number, height: number, channels: number): Uint8Array<ArrayBuffer> {
    this.check(this.#c._pa_png_encode(this.#context, pixels, width, height, channels, this.#out, this.#out + 4));
    const [bytes, size] = [this.#word(0), this.#word(1)];
    const png = this.heap.copy(bytes, size);
    this.#c._pa_bytes_free(bytes);
    return png;
  }

  /** What avatars are made and moved with, and of. */
  get calls(): { c: Avatar2DExports & Avatar3DExports & TrackExports; context: Pointer } {
    return { c: this.#c, context: this.#context };
  }

  bench(role: string, runs: number): BenchResult {
    const [best, median, macs] = this.heap.withText(role, (name) =>
      this.heap.doubles(3, (out) => this.check(this.#c._pa_js_bench(this.#context, name, runs, out))));
    return { best: best!, median: median!, macs: macs! };
  }

  #word(index: number): number {
    return this.heap.words(this.#out, 4)[index]!;
  }

  #code(status: number): ErrorCode {
    return this.heap.text(this.#c._pa_status_name(status)) as ErrorCode;
  }

  /** Throws what the library has to say about a failure. */
  check(status: number): void {
    if (!status) return;
    const code = this.#code(status);
    throw new ParsonaError(code, this.heap.text(this.#c._pa_context_message(this.#context)) || code);
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
  // Nor of threads whose script some bundler took apart: they load, and never answer.
  const timer = options.shared
    ? setTimeout(() => fail(new ParsonaError('crashed', 'the threads do not answer')), THREADS_ANSWER_MS) : undefined;
  try {
    return await Promise.race([made, failed]) as Exports;
  } finally {
    clearTimeout(timer);
  }
}
