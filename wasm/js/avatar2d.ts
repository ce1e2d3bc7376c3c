/** Drawings of people, as the API gives them. */
import { ParsonaError } from './errors.js';
import type { Avatar2DData, Avatar2DRequest } from './protocol.js';
import { parseColor, type ColorInput } from './scene.js';

export type Frame = 'head' | 'half' | 'full';

/** 'hat:beanie', 'hat:beanie:#20c0ff', or the same in parts; the name "none" takes away what the person has. */
export type AccessoryInput = string | { kind: string; name: string; color?: ColorInput | undefined };

/** A person in numbers and words, as docs/avatar2d.md describes them. */
export type Traits = Record<string, unknown>;

export interface Avatar2DOptions {
  /** One of `parsona.styles()`; the first without it. */
  style?: string | undefined;
  /** Head and shoulders, to the hips, or from head to foot. */
  frame?: Frame | undefined;
  /** Of one kind the last counts. */
  accessories?: readonly AccessoryInput[] | undefined;
  /** Not 0: puts on something of the kinds that are not named, by chance; the same number does the same every time. */
  seed?: number | undefined;
  /** A background's name, 'none' for a transparent one, or a colour for a plain one. */
  background?: string | undefined;
  /** Pixels a side, 16 to 4096, that the avatar is meant for: of the PNG where `png` names no other, and of what photo
   * styles paint (at least 512, at most 1024); 512 without it. */
  size?: number | undefined;
}

export interface TraitsAvatarOptions extends Avatar2DOptions {
  /** Changes to the traits, by group: `{ hair: { color: '#30201a' } }`. */
  traits?: Traits | undefined;
  signal?: AbortSignal | undefined;
}

/** A drawing. */
export class Avatar2D {
  /** 512 x 512 units, a group with an id for each part. */
  readonly svg: string;
  /** What was drawn. */
  readonly traits: Traits;
  readonly style: string;
  readonly frame: Frame;
  readonly #render: (size: number, round: boolean) => Promise<Uint8Array<ArrayBuffer>>;
  readonly #size: number;

  /** @internal */
  constructor(data: Avatar2DData, request: Avatar2DRequest, size: number,
              render: (size: number, round: boolean) => Promise<Uint8Array<ArrayBuffer>>) {
    this.svg = data.svg;
    this.traits = JSON.parse(data.traits) as Traits;
    this.style = request.style;
    this.frame = request.frame as Frame;
    this.#size = size;
    this.#render = render;
  }

  /** The drawing as a PNG of `size` x `size` pixels, painted anew at that size in a photo style; `round`: cut to a disc, transparent around it. */
  png({ size = this.#size, round = false }: { size?: number | undefined; round?: boolean | undefined } = {}):
      Promise<Uint8Array<ArrayBuffer>> {
    if (!(Number.isInteger(size) && size >= 1 && size <= 4096))
      return Promise.reject(new ParsonaError('argument', `size: ${size} is not a number of pixels from 1 to 4096`));
    return this.#render(size, round);
  }
}

export const DEFAULT_SIZE = 512;
const MOST_ACCESSORIES = 16; // the library's limit

/** Options in the words of the engine. */
export function avatarRequest(traits: string, options: Avatar2DOptions, styles: readonly string[]): Avatar2DRequest {
  const { style = styles[0]!, frame = 'head', seed = 0, background, accessories = [], size = DEFAULT_SIZE } = options;
  if (!styles.includes(style)) throw new ParsonaError('argument', `no style "${style}"; there are ${styles.join(', ')}`);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new ParsonaError('argument', `seed: ${seed} is not a whole number from 0 to 4294967295`);
  if (!(Number.isInteger(size) && size >= 16 && size <= 4096))
    throw new ParsonaError('argument', `size: ${size} is not a whole number of pixels from 16 to 4096`);
  const list = accessories.map(readAccessory);
  if (background !== undefined) list.push(readBackground(background));
  if (list.length > MOST_ACCESSORIES)
    throw new ParsonaError('too_large', `${list.length} accessories, at most ${MOST_ACCESSORIES}`);
  return { key: 0, person: 0, traits, style, frame, accessories: list, seed, size: 0, paint: size, round: false };
}

function readAccessory(input: AccessoryInput): Avatar2DRequest['accessories'][number] {
  const [kind, name, color] = typeof input === 'string' ? input.split(':')
    : [input.kind, input.name, input.color];
  if (!kind || !name || /\0/.test(kind + name))
    throw new ParsonaError('argument', `accessory ${JSON.stringify(input)} is not KIND:NAME or KIND:NAME:#rrggbb`);
  return { kind, name, color: color === undefined ? null : opaque(color) };
}

const readBackground = (background: string): Avatar2DRequest['accessories'][number] =>
  background.startsWith('#') ? { kind: 'background', name: 'plain', color: opaque(background) }
    : { kind: 'background', name: background, color: null };

/** To the library, alpha 0 stands for an accessory's own colour. */
const opaque = (color: ColorInput): readonly number[] => [...parseColor(color).slice(0, 3), 255];

/** JSON of traits with some of them changed: objects are merged, everything else is replaced. */
export function traitsText(traits: Traits | string, changes?: Traits): string {
  if (typeof traits === 'string' && !changes) return traits; // the library reads it
  let known: unknown = traits;
  try {
    if (typeof traits === 'string') known = JSON.parse(traits);
  } catch (cause) {
    throw new ParsonaError('argument', 'the traits are not JSON', { cause });
  }
  if (!isObject(known)) throw new ParsonaError('argument', 'traits are an object');
  return JSON.stringify(merge(known, changes ?? {}));
}

function merge(traits: Traits, changes: Traits): Traits {
  const changed: Traits = { ...traits };
  for (const [key, value] of Object.entries(changes)) {
    const old = traits[key];
    if (value === undefined) continue;
    changed[key] = isObject(old) && isObject(value) ? merge(old, value) : value;
  }
  return changed;
}

const isObject = (value: unknown): value is Traits =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
