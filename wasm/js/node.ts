/** Parsona in Node. */
import { availableParallelism } from 'node:os';
import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Transport, TransportEvents } from './client.js';
import { serve } from './engine.js';
import { ParsonaError } from './errors.js';
import { nodeHost, open } from './host-node.js';
import { create, type CreateOptions, type Parsona, type Platform } from './parsona.js';
import type { Message, Reply } from './protocol.js';

export * from './exports.js';

/** Loads the module and the weights from the package's own files. */
export function createParsona(options?: CreateOptions): Promise<Parsona> {
  return create(platform, options);
}

// A path, unless it is a URL; a drive letter is no scheme.
const resolve = (url: string | URL): string =>
  url instanceof URL || /^[a-z][a-z0-9+.-]+:/i.test(url) ? new URL(url).href : pathToFileURL(resolvePath(url)).href
    + (/[\\/]$/.test(url) ? '/' : '');

const platform: Platform = {
  cores: availableParallelism(),
  open: (url, signal) => open(String(url), signal),
  resolve,
  caches: () => null,
  worker: connectThread,
  inline: connectInline,
};

function connectThread({ reply, failed }: TransportEvents): Transport {
  const worker = new Worker(new URL('./worker-node.js', import.meta.url));
  worker.on('message', (message: Reply) => reply(message));
  worker.on('error', (cause) => failed(new ParsonaError('crashed', `the worker stopped: ${cause.message}`, { cause })));
  worker.on('exit', (code) => failed(new ParsonaError('crashed', `the worker ended with code ${code}`)));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as ArrayBuffer[]),
    close: () => void worker.terminate(),
    // An idle instance does not keep the process alive.
    busy: (busy) => { if (busy) worker.ref(); else worker.unref(); },
  };
}

function connectInline({ reply }: TransportEvents): Transport {
  let closed = false;
  const receive = serve(nodeHost, (message) => { if (!closed) reply(message); });
  return {
    post: (message: Message) => queueMicrotask(() => receive(message)),
    close: () => { closed = true; },
  };
}
