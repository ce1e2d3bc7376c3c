/** Fetching what the package names: bytes counted, length and hash checked, and only then used or kept. */
import { ParsonaError, abortReason } from './errors.js';
import type { Host } from './host.js';
import type { Source } from './protocol.js';
import { sha256 } from './sha256.js';

export const CACHE_NAME = 'parsona-weights-1';

export interface CacheEntry {
  file: string;
  bytes: number;
  sha256: string;
  /** When it was stored. */
  date: Date;
}

/** `url` says where from, for messages. */
function wrong(code: 'network' | 'integrity' | 'asset', source: Source, why: string, cause?: unknown): ParsonaError {
  return new ParsonaError(code, `${source.file}: ${why} (${source.url})`, { cause });
}

/** The bytes of `source`, from the cache or the network. `onBytes` hears how many have come so far. `problem` hears
 * why a file could not be kept: then it is fetched again next time. */
export async function obtain(host: Host, source: Source, options: {
  cache: boolean;
  signal?: AbortSignal | undefined;
  onBytes: (loaded: number, cached: boolean) => void;
  onProblem: (problem: string) => void;
}): Promise<Uint8Array<ArrayBuffer>> {
  const store = options.cache && source.sha256 ? await openCache(host, options.onProblem) : null;
  const kept = store && await fromCache(store, source);
  if (kept) {
    options.onBytes(kept.length, true);
    return kept;
  }
  const bytes = await download(host, source, options.onBytes, options.signal);
  await verify(source, bytes);
  if (store) await keep(store, source, bytes).catch((error: unknown) => options.onProblem(quota(error)));
  return bytes;
}

const quota = (error: unknown): string =>
  (error as Error)?.name === 'QuotaExceededError'
    ? 'The browser gives this site too little storage to keep the weights; they are fetched again at the next visit.'
    : `The weights could not be kept: ${error instanceof Error ? error.message : String(error)}`;

async function openCache(host: Host, onProblem: (problem: string) => void): Promise<Cache | null> {
  try {
    return await host.caches()?.open(CACHE_NAME) ?? null;
  } catch (error) { // private windows and storage-less contexts throw here
    onProblem(quota(error));
    return null;
  }
}

// The cache's key is the hash, at a path of this origin that nobody fetches.
const keyOf = (sha: string): string => new URL(`/parsona-weights/${sha}`, globalThis.location?.origin).href;

async function fromCache(store: Cache, source: Source): Promise<Uint8Array<ArrayBuffer> | null> {
  const response = await store.match(keyOf(source.sha256!)).catch(() => undefined);
  if (!response) return null;
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length === source.bytes && await sha256(bytes) === source.sha256) return bytes;
  await store.delete(keyOf(source.sha256!)); // a disk can fail, too
  return null;
}

async function keep(store: Cache, source: Source, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(bytes.length),
    'x-parsona-file': source.file,
    'x-parsona-date': new Date().toISOString(),
  };
  await store.put(keyOf(source.sha256!), new Response(bytes, { headers }));
  // An older version of the same file is of no use any more.
  for (const entry of await list(store))
    if (entry.file === source.file && entry.sha256 !== source.sha256) await store.delete(keyOf(entry.sha256));
}

export async function list(store: Cache): Promise<CacheEntry[]> {
  const entries: CacheEntry[] = [];
  for (const request of await store.keys()) {
    const response = await store.match(request);
    if (!response) continue;
    entries.push({
      file: response.headers.get('x-parsona-file') ?? '',
      bytes: Number(response.headers.get('content-length')),
      sha256: request.url.slice(request.url.lastIndexOf('/') + 1),
      date: new Date(response.headers.get('x-parsona-date') ?? 0),
    });
  }
  return entries;
}

async function download(host: Host, source: Source, onBytes: (loaded: number, cached: boolean) => void,
                        signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await host.open(source.url, signal);
  } catch (cause) {
    if (signal?.aborted) throw abortReason(signal);
    throw wrong('network', source, `could not be fetched: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  if (!response.ok) throw wrong('network', source, `the server answered ${response.status} ${response.statusText}`.trim());
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('text/html'))
    throw wrong('asset', source, 'the server answered with a web page instead of this file; is it deployed?');
  try {
    return await collect(response, source, onBytes);
  } catch (cause) {
    if (signal?.aborted) throw abortReason(signal);
    if (cause instanceof ParsonaError) throw cause;
    throw wrong('network', source, `the connection broke: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

/** Reads the body into one array of the expected length; a longer or shorter body is refused. */
async function collect(response: Response, source: Source, onBytes: (loaded: number, cached: boolean) => void):
    Promise<Uint8Array<ArrayBuffer>> {
  if (source.bytes === undefined || !response.body) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    onBytes(bytes.length, false);
    return bytes;
  }
  const bytes = new Uint8Array(source.bytes);
  let loaded = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (loaded + value.length > bytes.length) {
      await reader.cancel();
      throw wrong('integrity', source, `longer than its ${bytes.length} bytes`);
    }
    bytes.set(value, loaded);
    loaded += value.length;
    onBytes(loaded, false);
  }
  if (loaded < bytes.length) throw wrong('integrity', source, `${loaded} bytes instead of ${bytes.length}`);
  return bytes;
}

async function verify(source: Source, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (source.bytes !== undefined && bytes.length !== source.bytes)
    throw wrong('integrity', source, `${bytes.length} bytes instead of ${source.bytes}`);
  if (source.sha256 && await sha256(bytes) !== source.sha256)
    throw wrong('integrity', source, 'its SHA-256 is not the one that the manifest names');
}
