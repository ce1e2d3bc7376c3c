/** manifest.json: the files that Parsona fetches, and how to know them. */
import { ParsonaError } from './errors.js';

export interface ManifestFile {
  /** Path relative to the manifest. */
  file: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

export interface WeightsFile extends ManifestFile {
  /** Its place in the pipeline: "people", "pose", "parts", ... */
  role: string;
  name: string;
  license: string;
  source: string;
  /** When it is needed: for every parse, for a parse by the permissive parser, for the first avatar. */
  load: 'start' | 'face' | 'permissive' | 'avatar';
}

export interface Manifest {
  version: 1;
  modules: Record<string, ManifestFile>;
  weights: WeightsFile[];
}

/** Checks a manifest that came from outside. */
export function checkManifest(value: unknown, where: string): Manifest {
  const bad = (why: string) => new ParsonaError('asset', `${where}: ${why}`);
  const object = value as Manifest;
  if (typeof value !== 'object' || value === null) throw bad('not a manifest: not a JSON object');
  if (object.version !== 1) throw bad(`manifest version ${String(object.version)} is not known, only 1`);
  if (!Array.isArray(object.weights)) throw bad('a manifest has a list "weights"');
  for (const entry of object.weights) checkFile(entry, bad);
  for (const entry of Object.values(object.modules ?? {})) checkFile(entry, bad);
  return object;
}

function checkFile(entry: ManifestFile, bad: (why: string) => ParsonaError): void {
  if (typeof entry?.file !== 'string') throw bad('an entry without a "file"');
  if (!Number.isSafeInteger(entry.bytes) || entry.bytes <= 0) throw bad(`${entry.file}: "bytes" is not a length`);
  if (!/^[0-9a-f]{64}$/.test(entry.sha256)) throw bad(`${entry.file}: "sha256" is not 64 hex digits`);
}
