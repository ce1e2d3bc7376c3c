/** The engine's side of the protocol: answers calls with one Core, on whatever thread it was put. */
import { drawAvatar, readTraits } from './core-avatar2d.js';
import { makeFigure } from './core-avatar3d.js';
import { createTracker, trackFrame, trackNames } from './core-track.js';
import { compile } from './compile.js';
import { Core } from './core.js';
import { ParsonaError, toPlain } from './errors.js';
import { isThreaded } from './features.js';
import type { Host } from './host.js';
import type { Avatar2DData, Avatar2DRequest, Avatar3DRequest, BenchRequest, BenchResult, CallName, Calls, Loaded, LoadRequest, Message, ParseRequest, Picture, PngRequest,
  Progress, Reply, SceneData, Source, StartRequest, Started, Status, TrackData, TrackNames, TrackRequest, TraitsRequest } from './protocol.js';
import { obtain } from './weights.js';

interface Control {
  cancelled(): boolean;
  progress(progress: Progress): void;
}

/** Returns the function that takes messages; `post` takes the replies. */
export function serve(host: Host, post: (reply: Reply, transfer: Transferable[]) => void): (m: Message) => void {
  const engine = new Engine(host);
  const running = new Set<number>();
  const cancelled = new Set<number>();

  async function answer(message: Exclude<Message, { call: 'cancel' }>): Promise<void> {
    const { id } = message;
    running.add(id);
    try {
      const value = await engine.call(message.call, message.input, {
        cancelled: () => cancelled.has(id),
        progress: (progress) => post({ id, progress }, []),
      });
      post({ id, value }, buffers(value));
    } catch (error) {
      post({ id, error: toPlain(error) }, []);
    } finally {
      running.delete(id);
      cancelled.delete(id);
    }
  }
  return (message) => {
    if (message.call !== 'cancel') void answer(message);
    else if (running.has(message.id)) cancelled.add(message.id);
  };
}

/** What of a reply is handed over instead of copied. */
function buffers(value: unknown): Transferable[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  const scene = value as Partial<SceneData>;
  return scene.labels && scene.persons && scene.derived
    ? [scene.labels.buffer, scene.persons.buffer, scene.derived.buffer] : [];
}

class Engine {
  readonly #host: Host;
  #core: Core | null = null;
  #kept: { key: number; image: number; scene: number } | null = null;
  readonly #trackers = new Map<number, number>(); // C's, by key
  #names: TrackNames | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  call<K extends CallName>(name: K, input: unknown, control: Control): Promise<Calls[K][1]>;
  async call(name: CallName, input: unknown, control: Control): Promise<unknown> {
    switch (name) {
      case 'start': return this.#start(input as StartRequest, control);
      case 'load': return this.#load(input as LoadRequest, control);
      case 'parse': return this.#parse(input as ParseRequest, control);
      case 'traits': return this.#traits(input as TraitsRequest);
      case 'avatar2d': return this.#drawing(input as Avatar2DRequest);
      case 'avatar3d': return this.#figure(input as Avatar3DRequest);
      case 'track': return this.#track(input as TrackRequest);
      case 'untrack': return this.#untrack((input as { key: number }).key);
      case 'png': return this.#png(input as PngRequest);
      case 'status': return this.#ready().status() satisfies Status;
      case 'bench': return this.#bench(input as BenchRequest);
    }
  }

  #ready(): Core {
    if (!this.#core) throw new ParsonaError('internal', 'called before it was started');
    return this.#core;
  }

  async #start(request: StartRequest, control: Control): Promise<Started> {
    let problem = '';
    const files = await this.#fetchAll(request, control, (why) => { problem ||= why; });
    const steps = files.weights.length + 1;
    control.progress({ phase: 'prepare', done: 0, total: steps });
    const [module, glue] = await Promise.all([compile(files.module, request.module.file, request.module.url), this.#host.glue(request.variant)]);
    const core = await Core.create({
      glue, module, threads: request.threads, shared: isThreaded(request.variant), float32: request.float32,
      maximumBytes: request.maximumBytes,
    });
    for (const [i, { file, bytes }] of files.weights.entries()) {
      control.progress({ phase: 'prepare', done: i + 1, total: steps });
      load(core, file, bytes);
      files.weights[i]!.bytes = new Uint8Array(0); // the module has its own copy now
    }
    control.progress({ phase: 'prepare', done: steps, total: steps });
    this.#core = core;
    return { ...core.describe(), cacheProblem: problem };
  }

  /** More weights for an engine that runs. */
  async #load({ weights, cache }: LoadRequest, control: Control): Promise<Loaded> {
    const core = this.#ready();
    let problem = '';
    const all = await this.#fetch(weights, cache, control, (why) => { problem ||= why; });
    if (control.cancelled()) throw new ParsonaError('cancelled', 'loading was cancelled');
    weights.forEach(({ file }, i) => load(core, file, all[i]!));
    return { networks: core.networks(), cacheProblem: problem };
  }

  /** The module and the weights. */
  async #fetchAll(request: StartRequest, control: Control, onProblem: (why: string) => void) {
    const named = request.weights.filter((w): w is Source => 'url' in w);
    const [module, ...fetched] = await this.#fetch([request.module, ...named], request.cache, control, onProblem);
    const weights = [];
    for (const w of request.weights)
      weights.push({ file: w.file, bytes: 'url' in w ? fetched.shift()! : await inMemory(w.data) });
    return { module: module!, weights };
  }

  /** Files, all at once, with one count of bytes over them. Modules are left to the browser's own cache. */
  async #fetch(sources: Source[], cache: boolean, control: Control, onProblem: (why: string) => void) {
    const abort = new AbortController(); // one failure stops the others
    const total = sources.reduce((sum, source) => sum + (source.bytes ?? 0), 0);
    const loaded = new Map<Source, number>();
    try {
      return await Promise.all(sources.map((source) => obtain(this.#host, source, {
        cache: cache && !source.file.endsWith('.wasm'), signal: abort.signal, onProblem,
        onBytes(bytes, cached) {
          if (control.cancelled()) abort.abort(new ParsonaError('cancelled', 'loading was cancelled'));
          loaded.set(source, bytes);
          const sum = [...loaded.values()].reduce((a, b) => a + b, 0);
          control.progress({ phase: 'download', loaded: sum, total: Math.max(total, sum), file: source.file, cached });
        },
      })));
    } catch (error) {
      abort.abort();
      throw error;
    }
  }

  async #parse(request: ParseRequest, control: Control): Promise<SceneData> {
    const core = this.#ready();
    core.onStage = (stage, done, total) => {
      control.progress({ phase: 'parse', stage, done, total });
      return !control.cancelled();
    };
    this.#forget();
    const job = core.begin(this.#image(core, request.picture), request.maxPersons, request.minScore);
    try {
      for (;;) {
        await this.#host.breathe();
        if (control.cancelled()) throw new ParsonaError('cancelled', 'the parse was cancelled');
        const scene = core.step(job);
        if (!scene) continue;
        this.#kept = { key: request.key, image: job.image, scene };
        const data = core.scene(scene);
        core.end(job);
        return data;
      }
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error; // nothing in there can be called any more
      core.end(job);
      if (this.#kept) this.#forget(); else core.freeImage(job.image);
      throw error;
    } finally {
      core.onStage = () => true;
    }
  }

  /** Avatars are made of the latest scene and its picture; they go when the next picture comes. */
  #forget(): void {
    if (!this.#kept) return;
    this.#ready().freeScene(this.#kept.scene);
    this.#ready().freeImage(this.#kept.image);
    this.#kept = null;
  }

  #scene(key: number): { image: number; scene: number } {
    if (this.#kept?.key !== key) throw new ParsonaError('gone', 'the engine keeps the latest picture only; parse it again');
    return this.#kept;
  }

  #traits({ key, person }: TraitsRequest): string {
    return readTraits(this.#ready(), this.#scene(key), person);
  }

  #drawing(request: Avatar2DRequest): Avatar2DData {
    return drawAvatar(this.#ready(), request.key ? this.#scene(request.key) : null, request);
  }

  #figure(request: Avatar3DRequest): Uint8Array {
    return makeFigure(this.#ready(), this.#scene(request.key), request);
  }

  /** A worker that was started again knows no trackers: they are made when they are asked for. */
  #track({ key, mirror, seconds, picture }: TrackRequest): TrackData {
    const core = this.#ready();
    const image = this.#image(core, picture);
    this.#names ??= trackNames(core);
    let tracker = this.#trackers.get(key);
    if (!tracker) this.#trackers.set(key, tracker = createTracker(core, mirror));
    return trackFrame(core, tracker, image, seconds, this.#names);
  }

  #untrack(key: number): null {
    const tracker = this.#trackers.get(key);
    if (tracker) this.#ready().calls.c._pa_tracker_destroy(tracker);
    this.#trackers.delete(key);
    return null;
  }

  #bench({ role, runs }: BenchRequest): BenchResult {
    return this.#ready().bench(role, runs);
  }

  #image(core: Core, picture: Picture): number {
    if (picture.kind === 'bytes') return core.decode(picture.bytes);
    const { data, width, height } = picture.kind === 'bitmap' ? this.#host.pixels(picture.bitmap) : picture;
    return core.pixels(data, width, height);
  }

  #png({ pixels, width, height, channels }: PngRequest): Uint8Array {
    return this.#ready().png(pixels, width, height, channels);
  }
}

async function inMemory(data: Uint8Array | Blob): Promise<Uint8Array> {
  return data instanceof Uint8Array ? data : new Uint8Array(await data.arrayBuffer());
}

function load(core: Core, file: string, bytes: Uint8Array): void {
  try {
    core.load(bytes);
  } catch (error) {
    if (error instanceof ParsonaError) throw new ParsonaError(error.code, `${file}: ${error.message}`);
    throw error;
  }
}
