/** Drawings of people: the calls of pa_traits_* and pa_avatar2d_*. */
import type { Core } from './core.js';
import { ParsonaError } from './errors.js';
import type { Pointer } from './heap.js';
import type { Avatar2DData, Avatar2DMenu, Avatar2DRequest } from './protocol.js';

export interface Avatar2DExports {
  _pa_traits_read(context: Pointer, image: Pointer, scene: Pointer, id: number, json: Pointer): number;
  _pa_js_avatar2d(context: Pointer, image: Pointer, scene: Pointer, id: number, traits: Pointer, size: number,
    style: Pointer, frame: number, accessories: Pointer, colors: Pointer, count: number, seed: number,
    pixels: number, avatar: Pointer): number;
  _pa_avatar2d_destroy(avatar: Pointer): void;
  _pa_avatar2d_svg(avatar: Pointer, size: Pointer): Pointer;
  _pa_avatar2d_traits(avatar: Pointer): Pointer;
  _pa_avatar2d_render(context: Pointer, avatar: Pointer, size: number, rgba: Pointer): number;
  _pa_style2d_count(): number;
  _pa_style2d_name(style: number): Pointer;
  _pa_style2d_about(style: number): Pointer;
  _pa_style2d_photo(style: number): number;
  _pa_accessory_kind_count(): number;
  _pa_accessory_kind(kind: number): Pointer;
  _pa_accessory_count(kind: number): number;
  _pa_accessory_name(kind: number, index: number): Pointer;
  _pa_bytes_free(bytes: Pointer): void;
}

/** A person of a photo; null stands for none. */
export type Kept = { image: Pointer; scene: Pointer } | null;

export function menu2D({ heap, calls: { c } }: Core): Avatar2DMenu {
  const list = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
  return {
    styles: list(c._pa_style2d_count(), (i) => ({
      name: heap.text(c._pa_style2d_name(i)), about: heap.text(c._pa_style2d_about(i)),
      photo: c._pa_style2d_photo(i) !== 0,
    })),
    accessories: Object.fromEntries(list(c._pa_accessory_kind_count(), (kind) => [
      heap.text(c._pa_accessory_kind(kind)),
      list(c._pa_accessory_count(kind), (i) => heap.text(c._pa_accessory_name(kind, i))),
    ])),
  };
}

/** The traits of a person, as JSON. */
export function readTraits(core: Core, kept: NonNullable<Kept>, id: number): string {
  const { heap, calls: { c, context } } = core;
  return heap.with(4, (out) => {
    core.check(c._pa_traits_read(context, kept.image, kept.scene, id, out));
    const json = heap.words(out, 1)[0]!;
    const text = heap.text(json);
    c._pa_bytes_free(json);
    return text;
  });
}

/** Draws a person, and renders the drawing where pixels are wanted. */
export function drawAvatar(core: Core, kept: Kept, request: Avatar2DRequest): Avatar2DData {
  const { heap, calls: { c } } = core;
  const avatar = create(core, kept, request);
  try {
    const { size, round } = request;
    return {
      svg: heap.text(c._pa_avatar2d_svg(avatar, 0)),
      traits: heap.text(c._pa_avatar2d_traits(avatar)),
      png: size ? render(core, avatar, size, round) : null,
    };
  } finally {
    c._pa_avatar2d_destroy(avatar);
  }
}

const FRAMES = ['head', 'half', 'full'];

function create(core: Core, kept: Kept, { person, traits, style, frame, accessories, seed, size, paint }: Avatar2DRequest): Pointer {
  const { heap, calls: { c, context } } = core;
  const frameIndex = FRAMES.indexOf(frame);
  if (frameIndex < 0) throw new ParsonaError('argument', `no frame "${frame}"; there are ${FRAMES.join(', ')}`);
  // Kind, name, kind, name ..., each ended by a zero; their colours, alpha 0 for their own.
  const words = accessories.flatMap(({ kind, name }) => [kind, name]).join('\0');
  const colors = Uint8Array.from(accessories.flatMap(({ color }) => color ?? [0, 0, 0, 0]));
  return heap.withText(words, (names) => heap.withCopy(colors, (paints) => heap.withText(style, (styleName) =>
    heap.withText(traits, (json, length) => heap.with(4, (out) => {
      core.check(c._pa_js_avatar2d(context, kept?.image ?? 0, kept?.scene ?? 0, person, traits ? json : 0, length,
        style ? styleName : 0, frameIndex, names, paints, accessories.length, seed,
        Math.max(size || paint, 16), out));
      return heap.words(out, 1)[0]!;
    })))));
}

function render(core: Core, avatar: Pointer, size: number, round: boolean): Uint8Array<ArrayBuffer> {
  const { heap, calls: { c, context } } = core;
  return heap.with(4 * size ** 2, (rgba) => {
    core.check(c._pa_avatar2d_render(context, avatar, size, rgba));
    if (round) cutRound(heap.bytes(rgba, 4 * size * size), size);
    return core.pngAt(rgba, size, size, 4);
  });
}

/** Leaves the disc that touches all sides, with a smooth edge. */
function cutRound(rgba: Uint8Array, size: number): void {
  const radius = size / 2;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const inside = radius - Math.hypot(x + 0.5 - radius, y + 0.5 - radius) + 0.5;
      if (inside >= 1) continue;
      const at = 4 * (y * size + x) + 3;
      rgba[at] = Math.round(rgba[at]! * Math.max(0, inside));
    }
}
