/** The API's side of the protocol: one worker at a time, started again after it died. */
import { ParsonaError, abortReason } from './errors.js';
import { isThreaded, type Variant } from './features.js';
import type { CallName, Calls, Message, Progress, Reply, StartRequest, Started } from './protocol.js';

/** A way to an engine. */
export interface Transport {
  post(message: Message, transfer: Transferable[]): void;
  close(): void;
  /** Whether calls are open; Node ends a process whose workers are idle. */
  busy?(busy: boolean): void;
}

export interface TransportEvents {
  reply(reply: Reply): void;
  /** The worker died or never came up. */
  failed(error: ParsonaError): void;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/** One worker's life. */
class Connection {
  started: Started | null = null;
  dead = false;
  readonly #transport: Transport;
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  constructor(connect: (events: TransportEvents) => Transport) {
    this.#transport = connect({ reply: (reply) => this.#receive(reply), failed: (error) => this.close(error) });
  }

  /** Settles when the engine has answered, also after an abort: the engine is free again only then. */
  call<K extends CallName>(name: K, input: Calls[K][0], transfer: Transferable[], options: CallOptions):
      Promise<Calls[K][1]> {
    if (this.dead) return Promise.reject(new ParsonaError('crashed', 'the worker is gone'));
    const id = this.#next++;
    const cancel = () => this.#cancel(id);
    options.signal?.addEventListener('abort', cancel, { once: true });
    return new Promise<Calls[K][1]>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject, onProgress: options.onProgress });
      this.#transport.busy?.(true);
      this.#transport.post({ id, call: name, input } as Message, transfer);
    }).finally(() => {
      options.signal?.removeEventListener('abort', cancel);
      this.#pending.delete(id);
      this.#transport.busy?.(this.#pending.size > 0);
    });
  }

  #cancel(id: number): void {
    if (!this.#pending.has(id)) return;
    this.#transport.post({ id, call: 'cancel' }, []);
    // The worker hears the message between two steps; through shared memory the step itself hears, too.
    const flag = this.started?.cancel;
    if (flag) Atomics.store(new Int32Array(flag.buffer), flag.address >> 2, 1);
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if ('progress' in reply) {
      pending.onProgress?.(reply.progress);
    } else if ('error' in reply) {
      const error = new ParsonaError(reply.error.code, reply.error.message);
      pending.reject(error);
      if (error.code === 'crashed') this.close(error);
    } else {
      pending.resolve(reply.value);
    }
  }

  close(error: ParsonaError): void {
    if (this.dead) return;
    this.dead = true;
    this.#transport.close();
    for (const { reject } of this.#pending.values()) reject(error);
  }
}

export interface ClientOptions {
  connect(events: TransportEvents): Transport;
  /** Modules to try, the best first. */
  variants: Variant[];
  request(variant: Variant): StartRequest;
}

export class Client {
  readonly #options: ClientOptions;
  #variants: Variant[];
  #connection: Promise<Connection> | null = null;
  #closed = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#variants = options.variants;
  }

  get variant(): Variant {
    return this.#variants[0]!;
  }

  async start(options: CallOptions = {}): Promise<Started> {
    return (await this.#connect(options)).started!;
  }

  /** Calls the engine, which is started when there is none. An abort rejects with the signal's reason, after the
   * engine has let go. */
  async call<K extends CallName>(name: K, input: Calls[K][0], options: CallOptions = {}, transfer: Transferable[] = []):
      Promise<Calls[K][1]> {
    const connection = await this.#connect({ signal: options.signal });
    try {
      if (options.signal?.aborted) throw abortReason(options.signal);
      return await connection.call(name, input, transfer, options);
    } catch (error) {
      if (options.signal?.aborted && error instanceof ParsonaError && error.code === 'cancelled')
        throw abortReason(options.signal);
      throw error;
    }
  }

  /** Leaves threads after they ran out of memory; false when there were none. */
  async dropThreads(): Promise<boolean> {
    if (!this.#canDropThreads()) return false;
    await this.#drop(new ParsonaError('memory', 'out of memory with threads'));
    this.#variants = this.#variants.slice(1);
    return true;
  }

  #canDropThreads(): boolean {
    return isThreaded(this.variant) && this.#variants.length > 1;
  }

  close(): void {
    this.#closed = true;
    void this.#drop(new ParsonaError('closed', 'the instance was closed'));
  }

  async #drop(error: ParsonaError): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.then((c) => c.close(error), () => {});
  }

  async #connect(options: CallOptions): Promise<Connection> {
    if (this.#closed) throw new ParsonaError('closed', 'the instance was closed');
    const alive = await this.#connection?.catch(() => null);
    if (alive && !alive.dead) return alive;
    this.#connection = this.#spawn(options);
    return this.#connection;
  }

  async #spawn(options: CallOptions): Promise<Connection> {
    for (;;) {
      try {
        return await this.#spawnVariant(this.variant, options);
      } catch (error) {
        // Threads need memory reserved at once and workers of the worker: where that fails, one thread may do.
        const fatal = !(error instanceof ParsonaError) || !['memory', 'crashed', 'unsupported'].includes(error.code);
        if (fatal || !this.#canDropThreads()) throw error;
        this.#variants = this.#variants.slice(1);
      }
    }
  }

  async #spawnVariant(variant: Variant, { signal, onProgress }: CallOptions): Promise<Connection> {
    if (signal?.aborted) throw abortReason(signal);
    const connection = new Connection(this.#options.connect);
    // Nothing is lost by ending a worker that is still starting.
    const stop = () => connection.close(new ParsonaError('cancelled', 'the start was cancelled'));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      connection.started = await connection.call('start', this.#options.request(variant), [], { onProgress });
      return connection;
    } catch (error) {
      connection.close(new ParsonaError('closed', 'the start failed'));
      throw signal?.aborted ? abortReason(signal) : error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}
