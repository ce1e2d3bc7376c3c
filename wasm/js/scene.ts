/** What a parse found. Everything here is plain data and synchronous, and needs no engine any more. */
import type { Avatar2D, Traits, TraitsAvatarOptions } from './avatar2d.js';
import type { Avatar3DOptions, Pose } from './avatar3d.js';
import { ParsonaError } from './errors.js';
import type { LoadOptions } from './parsona.js';
import type { PersonData, SceneData, Started, Timing } from './protocol.js';
import type { Color, Maps, Stitch, StitchOptions } from './stitch.js';

/** '#rgb', '#rrggbb', '#rrggbbaa' or numbers 0..255. */
export type ColorInput = string | readonly [number, number, number] | readonly [number, number, number, number];

export interface MapOptions {
  /** A palette's name (`scene.palettes`), or colours by label; labels left out keep their colour of "parsona". */
  palette?: string | Readonly<Record<string, ColorInput>> | undefined;
  /** Labels to draw, bottom first. Without it: all but the background. */
  layers?: readonly string[] | undefined;
  /** Ids of the persons to draw. Without it: all. */
  persons?: readonly number[] | undefined;
  /** Derived masks to draw over the parts, as `left_sleeve`: none without it. */
  derived?: readonly string[] | undefined;
  /** Of the whole map, 0..1. */
  alpha?: number | undefined;
  /** 0..1: from colours by part to colours by person. */
  tint?: number | undefined;
  /** No anti-aliasing. */
  hardEdges?: boolean | undefined;
  /** Longest side of the result where the photo's is longer: a quick preview. */
  size?: number | undefined;
}

export interface LegendEntry {
  label: string;
  index: number;
  /** Colour by person id, where persons have this label; 0 for pixels of nobody. */
  colors: Map<number, Color>;
  /** Of the whole photo. */
  pixels: number;
}

export interface Keypoint {
  x: number;
  y: number;
  score: number;
  /** Metres from the middle of the hips: x to the photo's right, y down, z away from the camera. */
  world: [x: number, y: number, z: number];
}

/** COCO's compressed run lengths: `size` is [height, width]. */
export interface Rle {
  size: [height: number, width: number];
  counts: string;
}

/** ImageData where there is one; the same shape in Node. */
export type Pixels = Pick<ImageData, 'width' | 'height' | 'data'>;

function imageData(data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): ImageData {
  if (typeof ImageData === 'function') return new ImageData(data, width, height);
  return { data, width, height, colorSpace: 'srgb' } as ImageData;
}

/** A region of the photo. */
export class Mask {
  readonly width: number;
  readonly height: number;
  /** 255 inside, 0 outside; width * height. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Pixels inside. */
  readonly area: number;
  /** Tight; all zero for an empty mask. */
  readonly box: [x: number, y: number, width: number, height: number];
  readonly #stitch: Stitch;

  /** `within` (x, y, width, height) bounds the search. */
  constructor(stitch: Stitch, width: number, height: number, within: readonly number[],
              inside: (i: number) => boolean) {
    this.#stitch = stitch;
    this.width = width;
    this.height = height;
    this.data = new Uint8Array(width * height);
    const [x0, y0] = [Math.max(0, Math.floor(within[0]!)), Math.max(0, Math.floor(within[1]!))];
    const x1 = Math.min(width, Math.ceil(within[0]! + within[2]!));
    const y1 = Math.min(height, Math.ceil(within[1]! + within[3]!));
    let [area, left, right, top, bottom] = [0, width, -1, height, -1];
    for (let y = y0; y < y1; y++)
      for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
        if (!inside(i)) continue;
        this.data[i] = 255;
        area++;
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        bottom = y;
      }
    this.area = area;
    this.box = area ? [left, top, right - left + 1, bottom - top + 1] : [0, 0, 0, 0];
  }

  /** In one colour, transparent outside. */
  toImageData(color: ColorInput = [255, 255, 255]): ImageData {
    const rgba = new Uint8ClampedArray(4 * this.data.length);
    const [r, g, b, a] = parseColor(color);
    const pixel = new Uint32Array(Uint8Array.of(r, g, b, a).buffer)[0]!;
    const out = new Uint32Array(rgba.buffer);
    this.data.forEach((inside, i) => { if (inside) out[i] = pixel; });
    return imageData(rgba, this.width, this.height);
  }

  /** Run lengths column by column, zeros first. */
  runs(): number[] {
    return this.#stitch.rle(this.data, this.width, this.height);
  }

  toRLE(): Rle {
    return { size: [this.height, this.width], counts: this.#stitch.rleString(this.runs()) };
  }
}

/** How a person comes to avatars: by the instance that parsed the scene. */
export interface PersonAvatars {
  traits(person: number, options: LoadOptions): Promise<Traits>;
  avatar2d(person: number, traits: () => Promise<Traits>, options: TraitsAvatarOptions & LoadOptions): Promise<Avatar2D>;
  avatar3d(person: number, options: Avatar3DOptions): Promise<Uint8Array<ArrayBuffer>>;
  pose(person: number, options: LoadOptions): Promise<Pose>;
}

type Names = Pick<Started, 'keypointNames' | 'derivedNames'>;

export class Person {
  /** 1, 2, ...: its value in the person map. */
  readonly id: number;
  /** 0..1 */
  readonly score: number;
  readonly box: [x: number, y: number, width: number, height: number];
  /** Labels of its pixels, in the order of the label table. */
  readonly labels: readonly string[];
  /** The 33 landmarks of BlazePose by name. */
  readonly keypoints: Readonly<Record<string, Keypoint>>;
  /** Pixels of each of its labels. */
  readonly pixels: Readonly<Record<string, number>>;
  /** Names of the derived masks that it has pixels in: they overlap its labels. */
  readonly derived: readonly string[];
  /** A mask for each of its labels and derived masks, made when first read; undefined for others. */
  readonly masks: Readonly<Record<string, Mask | undefined>>;
  readonly #scene: Scene;
  readonly #avatars: PersonAvatars;
  #mask?: Mask;
  #traits: Promise<Traits> | null = null;

  constructor(scene: Scene, data: PersonData, { keypointNames, derivedNames }: Names, avatars: PersonAvatars) {
    this.#avatars = avatars;
    this.#scene = scene;
    this.id = data.id;
    this.score = data.score;
    this.box = data.box;
    const present = scene.labels.map((label, i) => [label, data.pixels[i] ?? 0] as const)
      .filter(([, count], i) => i && count);
    this.labels = present.map(([label]) => label);
    this.derived = derivedNames.filter((_, k) => data.derived[k]);
    this.pixels = Object.fromEntries(present);
    this.keypoints = Object.fromEntries(keypointNames.map((name, i) => {
      const [x, y, score] = data.keypoints.subarray(3 * i, 3 * i + 3);
      const [wx, wy, wz] = data.world.subarray(3 * i, 3 * i + 3);
      return [name, { x: x!, y: y!, score: score!, world: [wx!, wy!, wz!] }];
    }));
    this.masks = lazy([...this.labels, ...this.derived], (label) => scene.mask({ person: this.id, label }));
  }

  /** The whole person. */
  get mask(): Mask {
    return this.#mask ??= this.#scene.mask({ person: this.id });
  }

  /** What a 2D avatar is drawn from: measured in the photo once, then remembered. The first avatar of an instance
   * fetches networks that only avatars need. */
  async traits(options: LoadOptions = {}): Promise<Traits> {
    this.#traits ??= this.#avatars.traits(this.id, options);
    this.#traits.catch(() => { this.#traits = null; });
    return structuredClone(await this.#traits);
  }

  /** A drawing of this person. */
  async avatar2d(options: TraitsAvatarOptions & LoadOptions = {}): Promise<Avatar2D> {
    return this.#avatars.avatar2d(this.id, () => this.traits(options), options);
  }

  /** This person as a rigged, textured figure: the bytes of a GLB or VRM file. */
  async avatar3d(options: Avatar3DOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#avatars.avatar3d(this.id, options);
  }

  /** The figure's skeleton as photographed, to animate another figure with. */
  async pose(options: LoadOptions = {}): Promise<Pose> {
    return this.#avatars.pose(this.id, options);
  }
}

/** An object whose properties are computed when first read. */
function lazy<T>(keys: readonly string[], make: (key: string) => T): Record<string, T> {
  const object: Record<string, T> = {};
  for (const key of keys)
    Object.defineProperty(object, key, {
      enumerable: true,
      configurable: true,
      get() {
        const value = make(key);
        Object.defineProperty(object, key, { enumerable: true, value });
        return value;
      },
    });
  return object;
}

const DERIVED_COLORS = [[255, 209, 71], [71, 222, 255], [255, 120, 203]] as const;

export class Scene {
  /** Of the photo after its EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** The vocabulary; the label map holds indices into it. */
  readonly labels: readonly string[];
  /** Names that `map` knows. */
  readonly palettes: readonly string[];
  /** The most certain first. */
  readonly persons: readonly Person[];
  /** Label of each pixel, and id of the person at each pixel (0: nobody); width * height values. */
  readonly indexMap: { labels: Uint8Array<ArrayBuffer>; persons: Uint8Array<ArrayBuffer> };
  /** Names of the masks that overlap labels: `left_sleeve`, `right_sleeve`, `inner_clothes`. */
  readonly derived: readonly string[];
  /** Milliseconds. */
  readonly timing: Timing;
  readonly #stitch: Stitch;
  readonly #bits: Uint8Array<ArrayBuffer>;
  #small?: Maps;

  constructor(data: SceneData, stitch: Stitch, names: Names, avatars: PersonAvatars) {
    this.#stitch = stitch;
    this.width = data.width;
    this.height = data.height;
    this.labels = stitch.labels;
    this.palettes = stitch.palettes;
    this.indexMap = { labels: data.labels, persons: data.persons };
    this.derived = names.derivedNames;
    this.#bits = data.derived;
    this.timing = data.timing;
    this.persons = data.people.map((person) => new Person(this, person, names, avatars));
  }

  /** What is at a pixel of the photo; null outside of it. */
  labelAt(x: number, y: number): { label: string; index: number; person: Person | null } | null {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (!(column >= 0 && column < this.width && row >= 0 && row < this.height)) return null;
    const at = row * this.width + column;
    const [index, id] = [this.indexMap.labels[at]!, this.indexMap.persons[at]!];
    return { label: this.labels[index]!, index, person: this.persons.find((p) => p.id === id) ?? null };
  }

  /** Pixels of a label or derived mask (without: of any label but the background) that belong to a person (without:
   * to anybody). */
  mask({ person, label }: { person?: number | undefined; label?: string | undefined } = {}): Mask {
    const { persons } = this.indexMap;
    const owner = this.persons.find((p) => p.id === person);
    if (person !== undefined && !owner)
      throw new ParsonaError('argument', `no person ${person}; there are ${this.persons.length}`);
    const within = owner?.box ?? [0, 0, this.width, this.height];
    const has = this.#has(label);
    return new Mask(this.#stitch, this.width, this.height, within, (i) =>
      has(i) && (person === undefined || persons[i] === person));
  }

  /** Whether a pixel has a label. */
  #has(label: string | undefined): (i: number) => boolean {
    const { labels } = this.indexMap;
    if (label === undefined) return (i) => labels[i] !== 0;
    const bits = this.#bits, bit = this.derived.indexOf(label);
    if (bit >= 0) return (i) => (bits[i]! >> bit & 1) !== 0;
    const index = this.#index(label);
    return (i) => labels[i] === index;
  }

  /** The coloured map, transparent where nothing is drawn. */
  map(options: MapOptions = {}): ImageData {
    const maps = this.#maps(options.size);
    const rgba = this.#stitch.map(maps, this.#options(options));
    if (options.derived?.length) this.#drawDerived(rgba, maps, options);
    return imageData(rgba, maps.width, maps.height);
  }

  /** Stripes of the derived masks over their parts, so that both can be seen. */
  #drawDerived(rgba: Uint8ClampedArray, { width, height }: Maps, { derived, persons, alpha = 1 }: MapOptions): void {
    const bits = this.#bits, owners = this.indexMap.persons;
    const wanted = derived!.map((name) => {
      const bit = this.derived.indexOf(name);
      if (bit < 0) throw new ParsonaError('argument', `no derived mask "${name}"; there are ${this.derived.join(', ')}`);
      return { bit, color: DERIVED_COLORS[bit % DERIVED_COLORS.length]! };
    });
    if (!bits.length) return;
    const [sx, sy] = [this.width / width, this.height / height];
    const stripe = Math.max(3, Math.round(Math.max(width, height) / 160));
    for (let y = 0, i = 0; y < height; y++) {
      const row = Math.floor((y + 0.5) * sy) * this.width;
      for (let x = 0; x < width; x++, i += 4) {
        const at = row + Math.floor((x + 0.5) * sx), found = bits[at]!;
        if (!found || (persons && !persons.includes(owners[at]!))) continue;
        if (Math.floor((x + y) / stripe) % 2) continue;
        for (const { bit, color } of wanted)
          if (found >> bit & 1) rgba.set([...color, Math.round(255 * alpha)], i);
      }
    }
  }

  /** The colour of a derived mask in `map`. */
  derivedColor(name: string): Color {
    const [r, g, b] = DERIVED_COLORS[Math.max(0, this.derived.indexOf(name)) % DERIVED_COLORS.length]!;
    return [r, g, b, 255];
  }

  /** The colours that `map` gives the labels of this scene. */
  legend(options: MapOptions = {}): LegendEntry[] {
    const packed = this.#options(options);
    const wanted = (id: number) => !options.persons || options.persons.includes(id);
    return this.labels.flatMap((label, index) => {
      if (!index) return [];
      const owners = this.persons.filter((person) => wanted(person.id) && person.pixels[label]);
      if (!owners.length) return [];
      return [{
        label, index,
        colors: new Map(owners.map(({ id }) => [id, this.#stitch.color(id, index, packed)])),
        pixels: owners.reduce((sum, person) => sum + person.pixels[label]!, 0),
      }];
    });
  }

  /** The maps, or the nearest pixels of them in a smaller raster. */
  #maps(size = Infinity): Maps {
    const { width, height, indexMap } = this;
    const scale = size / Math.max(width, height);
    if (!(scale < 1)) return { width, height, ...indexMap };
    if (!(size >= 1)) throw new ParsonaError('argument', `size: ${size} is not a number of pixels`);
    const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    if (this.#small?.width === w && this.#small.height === h) return this.#small;
    const small = { width: w, height: h, labels: new Uint8Array(w * h), persons: new Uint8Array(w * h) };
    const columns = Int32Array.from({ length: w }, (_, x) => Math.floor((x + 0.5) * width / w));
    for (let y = 0, i = 0; y < h; y++) {
      const row = Math.floor((y + 0.5) * height / h) * width;
      for (let x = 0; x < w; x++, i++) {
        const at = row + columns[x]!;
        small.labels[i] = indexMap.labels[at]!;
        small.persons[i] = indexMap.persons[at]!;
      }
    }
    return this.#small = small;
  }

  #index(label: string): number {
    const index = this.labels.indexOf(label);
    if (index < 0) throw new ParsonaError('argument', `no label "${label}"`);
    return index;
  }

  #options({ palette, layers, persons, alpha = 1, tint = 0, hardEdges = false }: MapOptions): StitchOptions {
    if (!(alpha >= 0 && alpha <= 1)) throw new ParsonaError('argument', `alpha: ${alpha} is not in 0..1`);
    if (!(tint >= 0 && tint <= 1)) throw new ParsonaError('argument', `tint: ${tint} is not in 0..1`);
    for (const id of persons ?? [])
      if (!(Number.isInteger(id) && id >= 0 && id < 256)) throw new ParsonaError('argument', `no person ${id}`);
    return {
      colors: this.#colors(palette), layers: layers?.map((label) => this.#index(label)),
      persons: persons && [...persons], alpha, tint, hardEdges,
    };
  }

  #colors(palette: MapOptions['palette']): Color[] | undefined {
    if (palette === undefined) return undefined;
    if (typeof palette === 'string') return this.#stitch.palette(palette);
    const colors = this.#stitch.palette('parsona');
    for (const [label, color] of Object.entries(palette)) colors[this.#index(label)] = parseColor(color);
    return colors;
  }

  /** As result.json of the command line. */
  toJSON(): object {
    return {
      width: this.width,
      height: this.height,
      labels: this.labels,
      persons: this.persons.map(({ id, score, box, labels, keypoints }) => ({
        id, score: rounded(score, 3), box, labels,
        keypoints: Object.fromEntries(Object.entries(keypoints).map(([name, k]) =>
          [name, [rounded(k.x, 1), rounded(k.y, 1), rounded(k.score, 3)]])),
      })),
      timing_ms: Object.fromEntries(Object.entries(this.timing).map(([name, ms]) => [name, rounded(ms, 2)])),
    };
  }

  /** A COCO data set of this one photo: an annotation for each person (with COCO's 17 keypoints) and for each of
   * their parts (`person_id` says whose), masks as compressed run lengths. */
  toCOCO({ fileName = '', imageId = 1 }: { fileName?: string; imageId?: number } = {}): object {
    const annotations: object[] = [];
    const add = (person: Person, category: number, mask: Mask, more: object) => {
      annotations.push({
        id: annotations.length + 1, image_id: imageId, category_id: category, person_id: person.id,
        segmentation: mask.toRLE(), area: mask.area, bbox: mask.box, iscrowd: 0, ...more,
      });
    };
    for (const person of this.persons) {
      add(person, COCO_PERSON, person.mask, { score: person.score, ...cocoKeypoints(person) });
      for (const label of person.labels)
        add(person, COCO_PERSON + this.#index(label), person.masks[label]!, {});
    }
    return {
      images: [{ id: imageId, width: this.width, height: this.height, file_name: fileName }],
      categories: [
        { id: COCO_PERSON, name: 'person', supercategory: 'person', keypoints: COCO_KEYPOINTS, skeleton: COCO_SKELETON },
        ...this.labels.slice(1).map((name, i) => ({ id: COCO_PERSON + 1 + i, name, supercategory: 'part' })),
      ],
      annotations,
    };
  }
}

/** Numbers of a result are good to so many decimals. */
const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));

const COCO_PERSON = 1;
const COCO_KEYPOINTS = ['nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear', 'left_shoulder', 'right_shoulder',
  'left_elbow', 'right_elbow', 'left_wrist', 'right_wrist', 'left_hip', 'right_hip', 'left_knee', 'right_knee',
  'left_ankle', 'right_ankle'];
const COCO_SKELETON = [[16, 14], [14, 12], [17, 15], [15, 13], [12, 13], [6, 12], [7, 13], [6, 7], [6, 8], [7, 9],
  [8, 10], [9, 11], [2, 3], [1, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7]];

/** x, y, v of COCO: 2 is visible, 1 is there but hidden, 0 is unknown. */
function cocoKeypoints(person: Person): { keypoints: number[]; num_keypoints: number } {
  const keypoints: number[] = [];
  let known = 0;
  for (const name of COCO_KEYPOINTS) {
    const point = person.keypoints[name];
    const visible = !point || point.score < 0.1 ? 0 : point.score < 0.5 ? 1 : 2;
    if (visible) known++;
    keypoints.push(visible ? point!.x : 0, visible ? point!.y : 0, visible);
  }
  return { keypoints, num_keypoints: known };
}

export function parseColor(color: ColorInput): Color {
  if (typeof color === 'string') {
    const hex = /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(color)?.[1];
    if (!hex) throw new ParsonaError('argument', `"${color}" is not a colour like #rrggbb`);
    const long = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
    const bytes = long.match(/../g)!.map((pair) => parseInt(pair, 16));
    return [bytes[0]!, bytes[1]!, bytes[2]!, bytes[3] ?? 255];
  }
  const [r, g, b, a = 255] = color;
  for (const value of [r, g, b, a])
    if (!(value >= 0 && value <= 255)) throw new ParsonaError('argument', `[${color.join(', ')}] is not a colour of 0..255`);
  return [r, g, b, a];
}
