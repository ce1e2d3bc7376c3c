/** The API, on whatever platform. */
import { manifest } from './assets.js';
import { Avatar2D, avatarRequest, DEFAULT_SIZE, traitsText, type Avatar2DOptions, type Traits, type TraitsAvatarOptions } from './avatar2d.js';
import { figureRequest, poseRequest, type Pose } from './avatar3d.js';
import { compile } from './compile.js';
import { Client, type Transport, type TransportEvents } from './client.js';
import { ParsonaError, abortReason } from './errors.js';
import { autoThreads, detectFeatures, isThreaded, variants, type Features, type Variant } from './features.js';
import { readPicture, type ImageInput } from './image.js';
import { locator, planWeights, type Parser, type Plan } from './loading.js';
import type { Avatar2DData, Avatar2DRequest, BenchResult, NetworkInfo, Progress, SceneData, Source, StartRequest, Started } from './protocol.js';
import { Scene, type PersonAvatars } from './scene.js';
import { Stitch } from './stitch.js';
import { Tracker, type TrackerOptions } from './tracker.js';
import { termsOf, type Terms } from './terms.js';
import { CACHE_NAME, list, obtain, type CacheEntry } from './weights.js';

/** What differs between browsers and Node. */
export interface Platform {
  cores: number;
  open(url: string | URL, signal?: AbortSignal): Promise<Response>;
  /** Absolute URL of what a user gave. */
  resolve(url: string | URL): string;
  /** null where weights lie on disk. */
  caches(): CacheStorage | null;
  /** How an engine runs: in a worker, or on the calling thread. */
  worker: ((events: TransportEvents) => Transport) | null;
  inline(events: TransportEvents): Transport;
}

export type WeightsInput = Uint8Array | ArrayBuffer | Blob | string | URL;

export interface CreateOptions {
  /** Folder of the package's files when they are not beside the script: the modules and `weights/`. */
  assetBase?: string | URL | undefined;
  /** Threads to compute with. 'auto' leaves some processors to the page; 1 switches them off. */
  threads?: 'auto' | number | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops loading. */
  signal?: AbortSignal | undefined;
  /** What divides people into parts. 'permissive' loads only networks under the Apache License 2.0, which are free for
   * commercial use; 'm2fp-lite' ours, trained on data that is not; 'auto' ours where the package has its weights. */
  parser?: 'auto' | Parser | undefined;
  /** Instead of the package's weights: the URL of a manifest.json, or weights files. */
  weights?: string | URL | readonly WeightsInput[] | undefined;
  /** 'float32' computes all layers in float32. 'auto' runs wide ones in int8 where that is faster on this processor: results
   * then differ a little between processors. */
  precision?: 'auto' | 'float32' | undefined;
  /** More weights files, each in place of the one of its role: a converted M2FP checkpoint, for instance. */
  moreWeights?: readonly WeightsInput[] | undefined;
  /** Ceiling of the module's memory in bytes; at most, and without it, 2 GiB. */
  maxMemory?: number | undefined;
  /** Keep weights in the browser's storage; true without it. */
  cache?: boolean | undefined;
  /** Compute in a worker; true without it. */
  worker?: boolean | undefined;
}

export interface ParseOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** At most 64, which is also what 0 stands for. */
  maxPersons?: number | undefined;
  /** People less certain are dropped; 0.4 without it, with M2FP 0.5. */
  minScore?: number | undefined;
}

export interface LoadOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Capabilities {
  version: string;
  /** The module that runs. */
  variant: Variant;
  threads: number;
  simd: boolean;
  relaxedSimd: boolean;
  /** Whether wide layers run in int8. */
  int8: boolean;
  crossOriginIsolated: boolean;
  worker: boolean;
  cores: number;
  parser: Parser;
  networks: NetworkInfo[];
  terms: Terms;
  memory: { size: number; used: number; peak: number };
  /** What is not at its best, why, and what would help. */
  notes: { about: 'threads' | 'relaxedSimd' | 'cache' | 'worker'; text: string }[];
}

export interface WeightsCache {
  /** The weights that this origin keeps. */
  list(): Promise<CacheEntry[]>;
  /** Forgets one file, by its name or its SHA-256; false when it was not there. */
  delete(fileOrSha256: string): Promise<boolean>;
  clear(): Promise<void>;
}

interface ParseInput {
  image: ImageInput;
  key: number;
  maxPersons: number;
  minScore: number;
}

const MAX_MEMORY = 2 ** 31;

export async function create(platform: Platform, options: CreateOptions = {}): Promise<Parsona> {
  const { signal } = options;
  if (signal?.aborted) throw abortReason(signal);
  const features = detectFeatures(platform.cores);
  const threads = chosenThreads(options.threads, features);
  const modules = variants(features, threads);
  if (!modules.length)
    throw new ParsonaError('unsupported', 'Parsona needs WebAssembly SIMD, which this browser lacks.');
  const { precision = 'auto' } = options;
  if (precision !== 'auto' && precision !== 'float32')
    throw new ParsonaError('argument', `precision: ${String(precision)} is not 'auto' or 'float32'`);
  if (options.maxMemory !== undefined && !(options.maxMemory > 0))
    throw new ParsonaError('argument', `maxMemory: ${options.maxMemory} is not a number of bytes`);

  const file = locator(platform, options.assetBase);
  const plan = await planWeights(platform, options);
  const useWorker = options.worker !== false && platform.worker !== null;
  const client = new Client({
    connect: useWorker ? platform.worker! : platform.inline,
    variants: modules,
    request: (variant): StartRequest => ({
      variant,
      threads: isThreaded(variant) ? threads : 1,
      float32: precision === 'float32',
      maximumBytes: Math.min(options.maxMemory ?? MAX_MEMORY, MAX_MEMORY),
      module: file(manifest.modules[variant]!),
      weights: plan.start,
      cache: options.cache !== false,
    }),
  });
  try {
    const [stitch, started] = await Promise.all([
      loadStitch(platform, file(manifest.modules['stitch']!), signal),
      client.start({ signal, onProgress: options.onProgress }),
    ]);
    return new Parsona({
      client, stitch, started, plan, platform, features, asked: threads, worker: useWorker,
      cache: options.cache !== false,
    });
  } catch (error) {
    client.close();
    throw error;
  }
}

function chosenThreads(threads: CreateOptions['threads'] = 'auto', features: Features): number {
  if (threads === 'auto') return autoThreads(features.cores);
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64))
    throw new ParsonaError('argument', `threads: ${threads} is not 'auto' or a number from 1 to 64`);
  return threads;
}

async function loadStitch(platform: Platform, source: Source, signal?: AbortSignal): Promise<Stitch> {
  const ignore = () => {};
  const bytes = await obtain({ open: platform.open, caches: () => null } as never, source,
    { cache: false, signal, onBytes: ignore, onProblem: ignore });
  return Stitch.create(await compile(bytes, source.file, source.url));
}

interface Parts {
  client: Client;
  stitch: Stitch;
  started: Started;
  plan: Plan;
  platform: Platform;
  features: Features;
  asked: number;
  worker: boolean;
  cache: boolean;
}

/** A ready instance. Calls may overlap; they are done one after the other. */
export class Parsona {
  /** The vocabulary of every scene's label map. */
  readonly labels: readonly string[];
  /** Names that `scene.map` knows. */
  readonly palettes: readonly string[];
  readonly cache: WeightsCache;
  /** What divides people into parts here, and what the package could use. */
  readonly parser: Parser;
  readonly parsers: readonly Parser[];
  readonly #parts: Parts;
  #networks: readonly NetworkInfo[];
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;
  #keys = 0;

  /** Use createParsona. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.labels = parts.stitch.labels;
    this.palettes = parts.stitch.palettes;
    this.cache = weightsCache(parts.platform);
    this.parser = parts.plan.parser;
    this.parsers = parts.plan.parsers;
    this.#networks = parts.started.networks;
  }

  /** Finds every person of the picture and labels every pixel. An abort rejects with the signal's reason. */
  async parse(image: ImageInput, options: ParseOptions = {}): Promise<Scene> {
    const { maxPersons = 0, minScore = 0, signal } = options;
    if (!(Number.isInteger(maxPersons) && maxPersons >= 0))
      throw new ParsonaError('argument', `maxPersons: ${maxPersons} is not a whole number`);
    if (!(minScore >= 0 && minScore <= 1)) throw new ParsonaError('argument', `minScore: ${minScore} is not in 0..1`);
    const key = ++this.#keys;
    const request = { image, key, maxPersons, minScore };
    const data = await this.#turn(signal, () => this.#parse(request, options));
    const { stitch, started } = this.#parts;
    return new Scene(data, stitch, started, this.#avatars(key, () => this.#parseAgain(request)));
  }

  async #parse(request: ParseInput, options: ParseOptions): Promise<SceneData> {
    const { client, platform } = this.#parts;
    const { image, ...how } = request;
    for (;;) {
      const picture = await readPicture(image, (url) => platform.open(platform.resolve(url), options.signal), options.signal);
      try {
        return await client.call('parse', { picture, ...how }, options, picture.kind === 'bitmap' ? [picture.bitmap] : []);
      } catch (error) {
        if (!(error instanceof ParsonaError && error.code === 'memory' && await client.dropThreads())) throw error;
      }
    }
  }

  /** Files do not change; what a canvas or a video shows does. */
  async #parseAgain(request: ParseInput): Promise<SceneData> {
    const { image } = request;
    if (image instanceof Blob || image instanceof Uint8Array || image instanceof ArrayBuffer) return this.#parse(request, {});
    throw new ParsonaError('gone', 'another picture was parsed since, and this one cannot be read again: parse it again');
  }

  /** Name, licence and source of each network that is loaded, and whether commercial use is allowed. */
  get terms(): Terms {
    return termsOf(this.#networks);
  }

  /** The styles of 2D avatars, with a line about each; `photo`: it paints over the person's own pixels, so that it
   * needs a person of a scene and not traits alone. */
  styles(): readonly { name: string; about: string; photo: boolean }[] {
    return this.#parts.started.menu2D.styles;
  }

  /** What 2D avatars can wear or stand before: names by kind. */
  accessories(): Readonly<Record<string, readonly string[]>> {
    return this.#parts.started.menu2D.accessories;
  }

  /** A 2D avatar of traits alone, as `person.traits()` or `avatar.traits` gave them, or as JSON. */
  async avatar2d(traits: Traits | string, options: TraitsAvatarOptions = {}): Promise<Avatar2D> {
    const { traits: changes, signal } = options;
    const request = avatarRequest(traitsText(traits, changes), options, this.styles().map(({ name }) => name));
    return this.#draw(request, options, (wanted) =>
      this.#turn(signal, () => this.#parts.client.call('avatar2d', wanted, { signal })));
  }

  async #draw(request: Avatar2DRequest, { size = DEFAULT_SIZE }: Avatar2DOptions,
              call: (request: Avatar2DRequest) => Promise<Avatar2DData>): Promise<Avatar2D> {
    return new Avatar2D(await call(request), request, size, async (side, round) =>
      (await call({ ...request, size: side, round })).png!);
  }

  /** What a scene needs of its instance to make avatars of its people. */
  #avatars(key: number, again: () => Promise<SceneData>): PersonAvatars {
    const { client } = this.#parts;
    const make = <T>(kind: '2d' | '3d', options: LoadOptions, call: () => Promise<T>) =>
      this.#turn(options.signal, async () => {
        await this.#loadAvatars(kind, options);
        return call().catch(async (error: unknown) => {
          if (!(error instanceof ParsonaError && error.code === 'gone')) throw error;
          await again(); // another picture was parsed since, or the worker is a new one
          return call();
        });
      });
    return {
      traits: async (person, options) =>
        JSON.parse(await make('2d', options, () => client.call('traits', { key, person }, options))) as Traits,
      avatar2d: async (person, traits, options) => {
        if (!this.styles().some(({ name, photo }) => photo && name === options.style)) return this.avatar2d(await traits(), options);
        // Known traits are not read again; what is changed of them is not painted.
        const request = { ...avatarRequest(traitsText(await traits()), options, [options.style!]), key, person };
        return this.#draw(request, options, (wanted) => make('2d', options, () => client.call('avatar2d', wanted, options)));
      },
      avatar3d: async (person, options) => {
        const request = figureRequest(key, person, options);
        return make('3d', options, () => client.call('avatar3d', request, options));
      },
      pose: async (person, options) => {
        const bytes = await make('3d', options, () => client.call('avatar3d', poseRequest(key, person), options));
        return JSON.parse(new TextDecoder().decode(bytes)) as Pose;
      },
    };
  }

  /** Follows a person from frame to frame, as an avatar is to move. The first one fetches what the first 3D avatar would. */
  async tracker(options: TrackerOptions = {}): Promise<Tracker> {
    await this.prepareAvatars('3d', options);
    const { client, platform, started } = this.#parts;
    return new Tracker({
      key: ++this.#keys,
      mirror: options.mirror ?? false,
      names: { ...started.trackNames, landmarks: started.keypointNames },
      open: (url) => platform.open(platform.resolve(url)),
      track: (request, transfer, { signal }) => this.#turn(signal, () => client.call('track', request, { signal }, transfer)),
      close: (key) => { if (!this.#closed) void this.#turn(undefined, () => client.call('untrack', { key })).catch(() => {}); },
    });
  }

  /** Fetches what only avatars need, which the first avatar would do; `onProgress` hears the bytes. */
  async prepareAvatars(kind: '2d' | '3d' = '3d', options: LoadOptions = {}): Promise<void> {
    return this.#turn(options.signal, () => this.#loadAvatars(kind, options));
  }

  /** Drawings need no body. */
  async #loadAvatars(kind: '2d' | '3d', options: LoadOptions): Promise<void> {
    const { client, plan, cache } = this.#parts;
    const weights = plan.avatar.filter(({ role }) => kind === '3d' || role !== 'body');
    if (!weights.length) return;
    const { networks } = await client.call('load', { weights, cache }, options);
    this.#networks = networks;
    plan.start.push(...weights); // for a worker that is started again
    plan.avatar = plan.avatar.filter((entry) => !weights.includes(entry));
  }

  /** Encodes pixels as PNG: grey, RGB or RGBA by their number. Grey keeps a label map's values as they are. */
  async encodePNG(pixels: { data: Uint8Array | Uint8ClampedArray; width: number; height: number }):
      Promise<Uint8Array<ArrayBuffer>> {
    const { data, width, height } = pixels;
    const channels = data.length / (width * height);
    if (channels !== 1 && channels !== 3 && channels !== 4)
      throw new ParsonaError('argument', `${data.length} bytes are no ${width} x ${height} picture`);
    return this.#turn(undefined, () => this.#parts.client.call('png', { pixels: data, width, height, channels }));
  }

  /** Times one network by itself on this machine: its role, or "gemm" for a matrix product to compare with. */
  async bench(role: string, runs = 20): Promise<BenchResult> {
    return this.#turn(undefined, () => this.#parts.client.call('bench', { role, runs }));
  }

  /** What runs here, and what keeps it from running better. */
  async capabilities(): Promise<Capabilities> {
    const { client, started, features, worker } = this.#parts;
    const status = await this.#turn(undefined, () => client.call('status', null));
    const threaded = isThreaded(client.variant);
    return {
      version: started.version,
      variant: client.variant,
      threads: threaded ? started.threads : 1,
      simd: features.simd,
      relaxedSimd: features.relaxedSimd,
      int8: started.int8,
      crossOriginIsolated: features.crossOriginIsolated,
      worker,
      cores: features.cores,
      parser: this.parser,
      terms: this.terms,
      ...status,
      notes: this.#notes(threaded),
    };
  }

  #notes(threaded: boolean): Capabilities['notes'] {
    const { features, started, asked, worker } = this.#parts;
    const notes: Capabilities['notes'] = [];
    if (asked > 1 && !threaded)
      notes.push({
        about: 'threads',
        text: features.threadsWhy || 'There was not enough memory for threads.',
      });
    if (!features.relaxedSimd)
      notes.push({ about: 'relaxedSimd', text: 'This WebAssembly engine has no relaxed SIMD: computing takes longer.' });
    if (started.cacheProblem) notes.push({ about: 'cache', text: started.cacheProblem });
    if (!worker) notes.push({ about: 'worker', text: 'Computing on the calling thread, which waits meanwhile.' });
    return notes;
  }

  /** Ends the worker. Open calls reject with the code 'closed'. Scenes stay usable. */
  close(): void {
    this.#closed = true;
    this.#parts.client.close();
  }

  /** Waits for the calls before; an abort while waiting gives the turn up. The next turn begins when this one's work
   * has really ended, though its promise may have been rejected earlier. */
  async #turn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new ParsonaError('closed', 'the instance was closed');
    if (signal?.aborted) throw abortReason(signal);
    const mine = this.#tail.then(() => {
      if (this.#closed) throw new ParsonaError('closed', 'the instance was closed');
      if (signal?.aborted) throw abortReason(signal);
      return work();
    });
    this.#tail = mine.catch(() => {});
    if (!signal) return mine;
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => { stop = () => reject(abortReason(signal)); });
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([mine, aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

// `using parsona = await createParsona()`, where the language has it.
export interface Parsona extends Disposable {}
if (Symbol.dispose)
  Parsona.prototype[Symbol.dispose] = function dispose(this: Parsona) { this.close(); };

function weightsCache(platform: Platform): WeightsCache {
  const open = async () => await platform.caches()?.open(CACHE_NAME) ?? null;
  const entries = async () => {
    const store = await open();
    return store ? list(store) : [];
  };
  return {
    list: entries,
    async delete(name) {
      const store = await open();
      let found = false;
      for (const request of await store?.keys() ?? []) {
        const response = await store!.match(request);
        if (!request.url.endsWith(`/${name}`) && response?.headers.get('x-parsona-file') !== name) continue;
        found = await store!.delete(request) || found;
      }
      return found;
    },
    async clear() {
      await platform.caches()?.delete(CACHE_NAME);
    },
  };
}
