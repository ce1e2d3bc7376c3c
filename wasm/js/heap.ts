/** The module's memory: blocks, copies in and out. Views are made anew at each use, since it may have grown. */
import { ParsonaError } from './errors.js';

export type Pointer = number;

export interface HeapExports {
  _malloc(size: number): Pointer;
  _free(block: Pointer): void;
}

export class Heap {
  readonly #c: HeapExports;
  readonly #memory: WebAssembly.Memory;

  constructor(exports: HeapExports, memory: WebAssembly.Memory) {
    this.#c = exports;
    this.#memory = memory;
  }

  alloc(size: number): Pointer {
    const block = this.#c._malloc(Math.max(1, size));
    if (!block) throw new ParsonaError('memory', `out of memory: ${size} bytes`);
    return block;
  }

  free(block: Pointer): void {
    this.#c._free(block);
  }

  /** A block for as long as `use` runs. */
  with<T>(size: number, use: (p: Pointer) => T): T {
    const block = this.alloc(size);
    try {
      return use(block);
    } finally {
      this.free(block);
    }
  }

  withCopy<T>(bytes: Uint8Array | Uint8ClampedArray, use: (p: Pointer) => T): T {
    return this.with(bytes.length, (block) => {
      new Uint8Array(this.#memory.buffer).set(bytes, block);
      return use(block);
    });
  }

  /** A string that ends with a zero. */
  withText<T>(text: string, use: (p: Pointer, size: number) => T): T {
    const bytes = new TextEncoder().encode(`${text}\0`);
    return this.withCopy(bytes, (p) => use(p, bytes.length - 1));
  }

  copy(at: Pointer, size: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(size);
    copy.set(this.bytes(at, size));
    return copy;
  }

  /** The memory itself: for use at once. */
  bytes(at: Pointer, size: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, size);
  }

  words(at: Pointer, count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, count);
  }

  doubles(count: number, fill: (out: Pointer) => void): Float64Array {
    return this.with(8 * count, (block) => {
      fill(block);
      return new Float64Array(this.#memory.buffer, block, count).slice();
    });
  }

  text(at: Pointer): string {
    if (!at) return '';
    const heap = new Uint8Array(this.#memory.buffer);
    // A decoder takes no view of shared memory: slice copies.
    return new TextDecoder().decode(heap.slice(at, heap.indexOf(0, at)));
  }
}
