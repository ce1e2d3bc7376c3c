/** What both entries of the package give beside createParsona. */
export type {
  AccessoryInput, Avatar2D, Avatar2DOptions, Frame, Traits, TraitsAvatarOptions,
} from './avatar2d.js';
export type { Avatar3DOptions, Pose } from './avatar3d.js';
export { ParsonaError, type ErrorCode } from './errors.js';
export { detectFeatures, type Features, type Variant } from './features.js';
export type { ImageInput } from './image.js';
export type { Parser } from './loading.js';
export type { Manifest, ManifestFile, WeightsFile } from './manifest.js';
export type { Capabilities, CreateOptions, LoadOptions, ParseOptions, Parsona, WeightsCache, WeightsInput } from './parsona.js';
export type { BenchResult, NetworkInfo, Progress, Timing } from './protocol.js';
export type { ColorInput, Keypoint, LegendEntry, MapOptions, Mask, Person, Pixels, Rle, Scene } from './scene.js';
export type { Color } from './stitch.js';
export type { FrameInput, Quaternion, Tracked, TrackedLandmark, Tracker, TrackerOptions, TrackOptions } from './tracker.js';
export type { NetworkTerms, Terms } from './terms.js';
export type { CacheEntry } from './weights.js';
