/** Colours, masks and run lengths, at once on the calling thread: the C code of src/stitch as a module of its own,
 * small enough to live beside the page's other scripts. C's side is wasm/stitch_shim.c. */
import { ParsonaError } from './errors.js';

type Pointer = number;

/** The functions of wasm/stitch_exports.txt. */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(size: number): Pointer;
  free(block: Pointer): void;
  pa_label_count(): number;
  pa_label_name(label: number): Pointer;
  pa_palette_count(): number;
  pa_palette_name(palette: number): Pointer;
  pa_palette(name: Pointer, colors: Pointer): number;
  pa_rle_encode(mask: Pointer, width: number, height: number, counts: Pointer, capacity: number): number;
  pa_rle_string(counts: Pointer, count: number, text: Pointer, capacity: number): number;
  pa_js_stitch(labels: Pointer, persons: Pointer, width: number, height: number, ...options: PackedOptions): number;
  pa_js_stitch_color(id: number, label: number, ...options: PackedOptions): number;
}

// colors, layers, layer_count, person_tint, persons, person_count, alpha, hard_edges, and for pa_js_stitch: rgba
type PackedOptions = [Pointer, Pointer, number, number, Pointer, number, number, number, Pointer?];

export type Color = [red: number, green: number, blue: number, alpha: number];

/** As pa_stitch_options, in indices. */
export interface StitchOptions {
  colors?: Color[] | undefined;
  layers?: number[] | undefined;
  persons?: number[] | undefined;
  tint: number;
  alpha: number;
  hardEdges: boolean;
}

export interface Maps {
  width: number;
  height: number;
  labels: Uint8Array;
  persons: Uint8Array;
}

// WebAssembly memory never shrinks: after a large photo the instance is let go for a fresh one.
const KEEP_BYTES = 48 << 20;

export class Stitch {
  readonly labels: readonly string[];
  readonly palettes: readonly string[];
  readonly #module: WebAssembly.Module;
  #c: Exports;

  static async create(module: WebAssembly.Module): Promise<Stitch> {
    return new Stitch(module, await WebAssembly.instantiate(module, imports));
  }

  private constructor(module: WebAssembly.Module, instance: WebAssembly.Instance) {
    this.#module = module;
    this.#c = start(instance);
    const names = (count: number, name: (i: number) => Pointer) =>
      Object.freeze(Array.from({ length: count }, (_, i) => this.#text(name(i))));
    this.labels = names(this.#c.pa_label_count(), this.#c.pa_label_name);
    this.palettes = names(this.#c.pa_palette_count(), this.#c.pa_palette_name);
  }

  palette(name: string): Color[] {
    return this.#borrow((alloc) => {
      const text = alloc(new TextEncoder().encode(`${name}\0`));
      const colors = alloc(4 * this.labels.length);
      if (this.#c.pa_palette(text, colors))
        throw new ParsonaError('argument', `no palette "${name}"; there are ${this.palettes.join(', ')}`);
      const bytes = new Uint8Array(this.#c.memory.buffer, colors, 4 * this.labels.length);
      return this.labels.map((_, i) => Array.from(bytes.subarray(4 * i, 4 * i + 4)) as Color);
    });
  }

  /** RGBA, straight alpha. */
  map({ width, height, labels, persons }: Maps, options: StitchOptions): Uint8ClampedArray<ArrayBuffer> {
    const rgba = new Uint8ClampedArray(width * height * 4);
    if (options.alpha <= 0) return rgba; // to C, 0 stands for 1
    return this.#borrow((alloc) => {
      const [l, p, out] = [alloc(labels), alloc(persons), alloc(rgba.length)];
      const packed = pack(options, alloc);
      packed.push(out);
      if (this.#c.pa_js_stitch(l, p, width, height, ...packed))
        throw new ParsonaError('argument', 'the maps or the options of the stitch are not valid');
      rgba.set(new Uint8Array(this.#c.memory.buffer, out, rgba.length));
      return rgba;
    });
  }

  color(person: number, label: number, options: StitchOptions): Color {
    return this.#borrow((alloc) => {
      const c = this.#c.pa_js_stitch_color(person, label, ...pack({ ...options, alpha: options.alpha || 1 }, alloc));
      return [c & 255, (c >>> 8) & 255, (c >>> 16) & 255, c >>> 24];
    });
  }

  /** COCO's run lengths of a mask, column by column, zeros first. */
  rle(mask: Uint8Array, width: number, height: number): number[] {
    return this.#borrow((alloc) => {
      const m = alloc(mask);
      const count = this.#c.pa_rle_encode(m, width, height, 0, 0);
      const counts = alloc(4 * count);
      this.#c.pa_rle_encode(m, width, height, counts, count);
      return Array.from(new Uint32Array(this.#c.memory.buffer, counts, count));
    });
  }

  /** COCO's compressed string of run lengths. */
  rleString(counts: number[]): string {
    return this.#borrow((alloc) => {
      const c = alloc(new Uint8Array(Uint32Array.from(counts).buffer));
      const size = this.#c.pa_rle_string(c, counts.length, 0, 0) + 1;
      const text = alloc(size);
      this.#c.pa_rle_string(c, counts.length, text, size);
      return this.#text(text);
    });
  }

  /** Runs `use` with an allocator, given a size or bytes to copy, whose blocks are freed afterwards. */
  #borrow<T>(use: (alloc: Alloc) => T): T {
    const blocks: Pointer[] = [];
    try {
      return use((what) => {
        const size = typeof what === 'number' ? what : what.length;
        const block = this.#c.malloc(Math.max(1, size));
        if (!block) throw new ParsonaError('memory', `out of memory: ${size} bytes`);
        blocks.push(block);
        if (typeof what !== 'number') new Uint8Array(this.#c.memory.buffer).set(what, block);
        return block;
      });
    } finally {
      for (const block of blocks) this.#c.free(block);
      this.#shrink();
    }
  }

  #shrink(): void {
    if (this.#c.memory.buffer.byteLength <= KEEP_BYTES) return;
    try {
      this.#c = start(new WebAssembly.Instance(this.#module, imports));
    } catch { /* a browser that instantiates nothing at once on this thread: the large one stays */ }
  }

  #text(at: Pointer): string {
    const heap = new Uint8Array(this.#c.memory.buffer);
    return new TextDecoder().decode(heap.subarray(at, heap.indexOf(0, at)));
  }
}

type Alloc = (what: number | Uint8Array) => Pointer;

const imports = { env: { emscripten_notify_memory_growth() {} } };

function start(instance: WebAssembly.Instance): Exports {
  const exports = instance.exports as unknown as Exports;
  exports._initialize();
  return exports;
}

function pack(options: StitchOptions, alloc: Alloc): PackedOptions {
  const list = (values: number[] | undefined) => (values ? alloc(Uint8Array.from(values)) : 0);
  return [
    options.colors ? alloc(Uint8Array.from(options.colors.flat())) : 0,
    list(options.layers), options.layers?.length ?? 0,
    options.tint,
    list(options.persons), options.persons?.length ?? 0,
    options.alpha, options.hardEdges ? 1 : 0,
  ];
}
