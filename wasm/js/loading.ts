/** Which weights an instance loads: at its start, and for its first avatar. */
import { manifest, urls } from './assets.js';
import { ParsonaError, abortReason } from './errors.js';
import { checkManifest, type WeightsFile } from './manifest.js';
import type { CreateOptions, Platform, WeightsInput } from './parsona.js';
import type { Source, StartRequest } from './protocol.js';

/** The networks that divide people into parts: ours, or those that are free for any use. */
export type Parser = 'm2fp-lite' | 'permissive';

export interface Plan {
  parser: Parser;
  /** Those that the manifest has weights for. */
  parsers: readonly Parser[];
  start: StartRequest['weights'];
  avatar: Source[];
}

/** Where a file of the package lies. */
export function locator(platform: Platform, assetBase?: string | URL): <T extends { file: string }>(entry: T) => T & Source {
  const base = assetBase === undefined ? undefined : platform.resolve(assetBase).replace(/\/?$/, '/');
  return (entry) => ({ ...entry, url: base ? new URL(entry.file, base).href : urls[entry.file]! });
}

export async function planWeights(platform: Platform, options: CreateOptions): Promise<Plan> {
  const plan = await planNamed(platform, options);
  plan.start.push(...(options.moreWeights ?? []).map((given, i) => own(platform, given, `moreWeights[${i}]`)));
  return plan;
}

/** A file that the caller gave. */
function own(platform: Platform, given: WeightsInput, name: string): Plan['start'][number] {
  if (typeof given === 'string' || given instanceof URL) return { file: name, url: platform.resolve(given) };
  return { file: name, data: given instanceof ArrayBuffer ? new Uint8Array(given) : given };
}

async function planNamed(platform: Platform, options: CreateOptions): Promise<Plan> {
  const { weights, signal, parser = 'auto' } = options;
  if (!['auto', 'm2fp-lite', 'permissive'].includes(parser))
    throw new ParsonaError('argument', `parser: ${String(parser)} is not 'auto', 'm2fp-lite' or 'permissive'`);
  if (weights === undefined) return choose(manifest.weights, parser, locator(platform, options.assetBase));
  if (typeof weights === 'string' || weights instanceof URL) {
    const url = platform.resolve(weights);
    const json = await (await fetchManifest(platform, url, signal)).json().catch((cause: unknown) => {
      throw new ParsonaError('asset', `${url}: not JSON`, { cause });
    });
    return choose(checkManifest(json, url).weights, parser, (entry) => ({ ...entry, url: new URL(entry.file, url).href }));
  }
  const start = weights.map((given, i) => own(platform, given, `weights[${i}]`));
  return { parser: parser === 'auto' ? 'm2fp-lite' : parser, parsers: [], start, avatar: [] };
}

const isOurs = ({ role }: WeightsFile): boolean => role === 'parts-lite';

function choose(all: readonly WeightsFile[], wanted: 'auto' | Parser, place: (entry: WeightsFile) => Source): Plan {
  const parsers: Parser[] = all.some(isOurs) ? ['m2fp-lite', 'permissive'] : ['permissive'];
  const parser = wanted === 'auto' ? parsers[0]! : wanted;
  if (!parsers.includes(parser))
    throw new ParsonaError('no_network', 'the manifest names no weights of M2FP-Lite (role "parts-lite")');
  const free = parser === 'permissive';
  const allowed = ({ role, license }: WeightsFile) =>
    !free || license === 'Apache-2.0' || (role === 'body' && license === 'CC0-1.0'); // a body is no network
  const those = (...loads: WeightsFile['load'][]) =>
    all.filter((entry) => loads.includes(entry.load) && allowed(entry)).map(place);
  return { parser, parsers, start: free ? those('start', 'permissive') : those('start', 'face'), avatar: those('avatar') };
}

async function fetchManifest(platform: Platform, url: string, signal?: AbortSignal): Promise<Response> {
  const response = await platform.open(url, signal).catch((cause: unknown) => {
    throw signal?.aborted ? abortReason(signal) : new ParsonaError('network', `${url} could not be fetched`, { cause });
  });
  if (!response.ok) throw new ParsonaError('network', `${url}: the server answered ${response.status}`);
  return response;
}
