/** What this machine's WebAssembly can do, and which module that means. */

export type Variant = 'simd' | 'simd-mt' | 'relaxed' | 'relaxed-mt';

export interface Features {
  simd: boolean;
  relaxedSimd: boolean;
  /** Shared memory that threads need; `threadsWhy` says why not. */
  threads: boolean;
  threadsWhy: string;
  crossOriginIsolated: boolean;
  /** Logical processors. */
  cores: number;
}

const validates = (...body: number[]): boolean => {
  const header = [0, 97, 115, 109, 1, 0, 0, 0];
  return WebAssembly.validate(new Uint8Array([...header, ...body]));
};

// One function of type () -> v128; the code is given.
const functionOf = (...code: number[]): number[] => {
  const body = [0, ...code, 11];
  return [1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, body.length + 2, 1, body.length, ...body];
};
// i32.const 0; i8x16.splat
const splat = [65, 0, 253, 15];
// i8x16.relaxed_swizzle: prefix 0xfd, opcode 0x100 as LEB128
const relaxedSwizzle = [253, 128, 2];

/** `cores` where the platform knows better than `navigator`. */
export function detectFeatures(cores?: number): Features {
  if (typeof WebAssembly !== 'object')
    return {
      simd: false, relaxedSimd: false, threads: false, cores: 1, crossOriginIsolated: false,
      threadsWhy: 'There is no WebAssembly here.',
    };
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  const why = threadsWhy(isolated);
  return {
    simd: validates(...functionOf(...splat)),
    relaxedSimd: validates(...functionOf(...splat, ...splat, ...relaxedSwizzle)),
    threads: why === '',
    threadsWhy: why,
    crossOriginIsolated: isolated ?? false,
    cores: cores ?? globalThis.navigator?.hardwareConcurrency ?? 1,
  };
}

function threadsWhy(isolated: boolean | undefined): string {
  // Node has no crossOriginIsolated and needs none.
  if (isolated === false)
    return 'The page is not cross-origin isolated, so browsers withhold shared memory. Serve it with the headers '
      + 'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.';
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  } catch {
    return 'This browser has no shared WebAssembly memory.';
  }
  return '';
}

/** Threads that `'auto'` stands for: some processors are left to the page, and more than eight gain nothing. */
export function autoThreads(cores: number): number {
  return Math.max(1, Math.min(8, Math.ceil(cores * 0.75)));
}

/** Whether a module computes with threads. */
export const isThreaded = (variant: Variant): boolean => variant.endsWith('-mt');

/** Modules to try, the best first. */
export function variants(features: Features, threads: number): Variant[] {
  const list: Variant[] = [];
  if (features.threads && threads > 1) {
    if (features.relaxedSimd) list.push('relaxed-mt');
    else if (features.simd) list.push('simd-mt');
  }
  if (features.relaxedSimd) list.push('relaxed');
  if (features.simd) list.push('simd');
  return list;
}
