/** Parsona in a browser. */
import type { TransportEvents, Transport } from './client.js';
import { ParsonaError } from './errors.js';
import { create, type CreateOptions, type Parsona, type Platform } from './parsona.js';
import type { Message, Reply } from './protocol.js';

export * from './exports.js';

/** Loads the module and the weights; takes what `options` say, or is made for this browser. */
export function createParsona(options?: CreateOptions): Promise<Parsona> {
  return create(platform, options);
}

const platform: Platform = {
  get cores() { return globalThis.navigator?.hardwareConcurrency ?? 1; },
  open: (url, signal) => fetch(url, { credentials: 'same-origin', ...(signal && { signal }) }),
  resolve: (url) => new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href,
  caches: () => globalThis.caches ?? null,
  worker: typeof Worker === 'function' ? connectWorker : null,
  inline: connectInline,
};

function connectWorker({ reply, failed }: TransportEvents): Transport {
  // Bundlers look for exactly this expression.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'parsona' });
  worker.onmessage = (event: MessageEvent<Reply>) => reply(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    failed(event.message
      ? new ParsonaError('crashed', `the worker stopped: ${event.message}`)
      : new ParsonaError('asset', `the worker's script could not be loaded (${new URL('./worker.js', import.meta.url)})`));
  };
  worker.onmessageerror = () => failed(new ParsonaError('crashed', 'a message of the worker could not be read'));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    close: () => worker.terminate(),
  };
}

/** The engine on this thread; its code is only loaded now. */
function connectInline({ reply, failed }: TransportEvents): Transport {
  let closed = false;
  const receive = Promise.all([import('./engine.js'), import('./host-web.js')]).then(([{ serve }, { webHost }]) =>
    serve(webHost, (message) => { if (!closed) reply(message); }));
  receive.catch((cause: unknown) => failed(new ParsonaError('asset', 'the engine could not be loaded', { cause })));
  return {
    post: (message: Message) => void receive.then((take) => take(message), () => {}),
    close: () => { closed = true; },
  };
}
