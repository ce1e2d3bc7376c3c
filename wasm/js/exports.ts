/** What both entries of the package give beside createParsona. */
export { ParsonaError, type ErrorCode } from './errors.js';
export { detectFeatures, type Features, type Variant } from './features.js';
export type { ImageInput } from './image.js';
export type { Manifest, ManifestFile, WeightsFile } from './manifest.js';
export type { Capabilities, CreateOptions, ParseOptions, Parsona, WeightsCache, WeightsInput } from './parsona.js';
export type { BenchResult, NetworkInfo, Progress, Timing } from './protocol.js';
export type { ColorInput, Keypoint, LegendEntry, MapOptions, Mask, Person, Pixels, Rle, Scene } from './scene.js';
export type { Color } from './stitch.js';
export type { CacheEntry } from './weights.js';
