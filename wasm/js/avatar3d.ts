/** What a figure of a person can be asked to be. */
import { ParsonaError } from './errors.js';
import type { LoadOptions } from './parsona.js';
import type { Avatar3DRequest } from './protocol.js';

export interface Avatar3DOptions extends LoadOptions {
  /** 'glb': glTF 2.0 with animations; 'vrm': VRM 1.0; 'vrm0': VRM 0.x, which many importers still want. */
  format?: 'glb' | 'vrm' | 'vrm0' | undefined;
  /** 'photo': the photo's pixels; 'cartoon': one colour a part. */
  style?: 'photo' | 'cartoon' | undefined;
  /** Metres; without it as the proportions suggest, about 1.7. */
  height?: number | undefined;
  /** At most 128 bytes of UTF-8 without control characters, as `author`. */
  name?: string | undefined;
  /** VRM names one. */
  author?: string | undefined;
  /** What a VRM file allows others: nothing, use without commerce, or all of Creative Commons' terms. */
  license?: 'private' | 'personal' | 'cc-by' | 'cc0' | undefined;
}

/** The skeleton as photographed. The photo's x is camera.x + scale * X, its y camera.y - scale * Y of the posed figure. */
export interface Pose {
  camera: { scale: number; x: number; y: number };
  /** `head`: metres, in the T-pose; `rotation`: a quaternion x, y, z, w from the parent's frame. */
  bones: { name: string; parent: string | null; head: [number, number, number]; rotation: [number, number, number, number] }[];
  /** `photo`: pixels; `world`: metres, Y up, Z towards the camera; `trust`: 0..1 */
  landmarks: { name: string; photo: [number, number]; world: [number, number, number]; trust: number }[];
}

/** Of the skeleton as photographed, for Person.pose. */
export function poseRequest(key: number, person: number): Avatar3DRequest {
  return { ...figureRequest(key, person, {}), format: 'pose' };
}

export function figureRequest(key: number, person: number, options: Avatar3DOptions): Avatar3DRequest {
  const { format = 'glb', style = 'photo', height = 0, name = '', author = '', license = 'private' } = options;
  if (!['private', 'personal', 'cc-by', 'cc0'].includes(license))
    throw new ParsonaError('argument', `no license "${license}"; there are private, personal, cc-by, cc0`);
  if (!['glb', 'vrm', 'vrm0'].includes(format)) throw new ParsonaError('argument', `no format "${format}"; there are glb, vrm, vrm0`);
  if (!['photo', 'cartoon'].includes(style)) throw new ParsonaError('argument', `no style "${style}"; there are photo, cartoon`);
  if (!(height === 0 || (height >= 0.3 && height <= 3)))
    throw new ParsonaError('argument', `height: ${height} is not a number of metres from 0.3 to 3`);
  for (const text of [name, author])
    if (typeof text !== 'string' || text.includes('\0')) throw new ParsonaError('argument', 'name and author are text');
  return { key, person, format, style, height, name, author, license };
}
