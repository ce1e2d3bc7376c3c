/** The API, on whatever platform. */
import { manifest, urls } from './assets.js';
import { Client, type Transport, type TransportEvents } from './client.js';
import { ParsonaError, abortReason } from './errors.js';
import { autoThreads, detectFeatures, variants, type Features, type Variant } from './features.js';
import { readPicture, type ImageInput } from './image.js';
import { checkManifest, type Manifest } from './manifest.js';
import type { BenchResult, NetworkInfo, Progress, Source, StartRequest, Started } from './protocol.js';
import { Scene } from './scene.js';
import { Stitch } from './stitch.js';
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
  /** Instead of the package's weights: the URL of a manifest.json, or weights files. */
  weights?: string | URL | readonly WeightsInput[] | undefined;
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
  /** People less certain are dropped; 0.15 without it. */
  minScore?: number | undefined;
}

export interface Capabilities {
  version: string;
  /** The module that runs. */
  variant: Variant;
  threads: number;
  simd: boolean;
  relaxedSimd: boolean;
  crossOriginIsolated: boolean;
  worker: boolean;
  cores: number;
  networks: NetworkInfo[];
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

const MAX_MEMORY = 2 ** 31;

export async function create(platform: Platform, options: CreateOptions = {}): Promise<Parsona> {
  const { signal } = options;
  if (signal?.aborted) throw abortReason(signal);
  const features = detectFeatures(platform.cores);
  const threads = chosenThreads(options.threads, features);
  const modules = variants(features, threads);
  if (!modules.length)
    throw new ParsonaError('unsupported', 'Parsona needs WebAssembly SIMD, which this browser lacks.');
  if (options.maxMemory !== undefined && !(options.maxMemory > 0))
    throw new ParsonaError('argument', `maxMemory: ${options.maxMemory} is not a number of bytes`);

  const file = locator(platform, options.assetBase);
  const weights = await chosenWeights(platform, options, file);
  const useWorker = options.worker !== false && platform.worker !== null;
  const client = new Client({
    connect: useWorker ? platform.worker! : platform.inline,
    variants: modules,
    request: (variant): StartRequest => ({
      variant,
      threads: variant === 'relaxed-mt' ? threads : 1,
      maximumBytes: Math.min(options.maxMemory ?? MAX_MEMORY, MAX_MEMORY),
      module: file(manifest.modules[variant]!),
      weights,
      cache: options.cache !== false,
    }),
  });
  try {
    const [stitch, started] = await Promise.all([
      loadStitch(platform, file(manifest.modules['stitch']!), signal),
      client.start({ signal, onProgress: options.onProgress }),
    ]);
    return new Parsona({ client, stitch, started, platform, features, asked: threads, worker: useWorker });
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

/** Where a file of the package lies. */
function locator(platform: Platform, assetBase?: string | URL): <T extends { file: string }>(entry: T) => T & Source {
  const base = assetBase === undefined ? undefined : platform.resolve(assetBase).replace(/\/?$/, '/');
  return (entry) => ({ ...entry, url: base ? new URL(entry.file, base).href : urls[entry.file]! });
}

async function chosenWeights(platform: Platform, { weights, signal }: CreateOptions,
                             file: (entry: Manifest['weights'][number]) => Source): Promise<StartRequest['weights']> {
  if (weights === undefined) return manifest.weights.filter((w) => w.load === 'start').map(file);
  if (typeof weights === 'string' || weights instanceof URL) {
    const url = platform.resolve(weights);
    const json = await (await fetchManifest(platform, url, signal)).json().catch((cause: unknown) => {
      throw new ParsonaError('asset', `${url}: not JSON`, { cause });
    });
    return checkManifest(json, url).weights.filter((w) => w.load === 'start')
      .map((w) => ({ ...w, url: new URL(w.file, url).href }));
  }
  return weights.map((given, i) => {
    const name = `weights[${i}]`;
    if (typeof given === 'string' || given instanceof URL) return { file: name, url: platform.resolve(given) };
    return { file: name, data: given instanceof ArrayBuffer ? new Uint8Array(given) : given };
  });
}

async function fetchManifest(platform: Platform, url: string, signal?: AbortSignal): Promise<Response> {
  const response = await platform.open(url, signal).catch((cause: unknown) => {
    throw signal?.aborted ? abortReason(signal) : new ParsonaError('network', `${url} could not be fetched`, { cause });
  });
  if (!response.ok) throw new ParsonaError('network', `${url}: the server answered ${response.status}`);
  return response;
}

async function loadStitch(platform: Platform, source: Source, signal?: AbortSignal): Promise<Stitch> {
  const ignore = () => {};
  const bytes = await obtain({ open: platform.open, caches: () => null } as never, source,
    { cache: false, signal, onBytes: ignore, onProblem: ignore });
  return Stitch.create(bytes);
}

interface Parts {
  client: Client;
  stitch: Stitch;
  started: Started;
  platform: Platform;
  features: Features;
  asked: number;
  worker: boolean;
}

/** A ready instance. Calls may overlap; they are done one after the other. */
export class Parsona {
  /** The vocabulary of every scene's label map. */
  readonly labels: readonly string[];
  /** Names that `scene.map` knows. */
  readonly palettes: readonly string[];
  readonly cache: WeightsCache;
  readonly #parts: Parts;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Use createParsona. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.labels = parts.stitch.labels;
    this.palettes = parts.stitch.palettes;
    this.cache = weightsCache(parts.platform);
  }

  /** Finds every person of the picture and labels every pixel. An abort rejects with the signal's reason. */
  async parse(image: ImageInput, options: ParseOptions = {}): Promise<Scene> {
    const { maxPersons = 0, minScore = 0, signal } = options;
    if (!(Number.isInteger(maxPersons) && maxPersons >= 0))
      throw new ParsonaError('argument', `maxPersons: ${maxPersons} is not a whole number`);
    if (!(minScore >= 0 && minScore <= 1)) throw new ParsonaError('argument', `minScore: ${minScore} is not in 0..1`);
    const { client, platform, stitch, started } = this.#parts;
    return this.#turn(signal, async () => {
      for (;;) {
        const picture = await readPicture(image, (url) => platform.open(platform.resolve(url), signal), signal);
        try {
          const transfer = picture.kind === 'bitmap' ? [picture.bitmap] : [];
          const data = await client.call('parse', { picture, maxPersons, minScore }, options, transfer);
          return new Scene(data, stitch, started.keypointNames);
        } catch (error) {
          if (!(error instanceof ParsonaError && error.code === 'memory' && await client.dropThreads())) throw error;
        }
      }
    });
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
    const threaded = client.variant === 'relaxed-mt';
    return {
      version: started.version,
      variant: client.variant,
      threads: threaded ? started.threads : 1,
      simd: features.simd,
      relaxedSimd: features.relaxedSimd,
      crossOriginIsolated: features.crossOriginIsolated,
      worker,
      cores: features.cores,
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
        text: features.threadsWhy || (features.relaxedSimd
          ? 'There was not enough memory for threads.'
          : 'The module with threads needs relaxed SIMD.'),
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
