/** Written by wasm/package.mjs when the package is built: what the package holds, with the lengths and hashes that
 * every download is checked against. The same list as dist/manifest.json, but in code, where nobody on the way can
 * exchange it; and each URL is a literal `new URL('./file', import.meta.url)`, which bundlers follow. */
import type { Manifest } from './manifest.js';

export declare const manifest: Manifest;
/** The URL of a file of the package, by its path in the manifest. */
export declare const urls: Readonly<Record<string, string>>;
