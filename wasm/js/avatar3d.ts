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
  name?: string | undefined;
  /** VRM names one. */
  author?: string | undefined;
}

export function figureRequest(key: number, person: number, options: Avatar3DOptions): Avatar3DRequest {
  const { format = 'glb', style = 'photo', height = 0, name = '', author = '' } = options;
  if (!['glb', 'vrm', 'vrm0'].includes(format)) throw new ParsonaError('argument', `no format "${format}"; there are glb, vrm, vrm0`);
  if (!['photo', 'cartoon'].includes(style)) throw new ParsonaError('argument', `no style "${style}"; there are photo, cartoon`);
  if (!(height === 0 || (height >= 0.3 && height <= 3)))
    throw new ParsonaError('argument', `height: ${height} is not a number of metres from 0.3 to 3`);
  for (const text of [name, author])
    if (typeof text !== 'string' || text.includes('\0')) throw new ParsonaError('argument', 'name and author are text');
  return { key, person, format, style, height, name, author };
}
