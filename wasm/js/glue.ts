/** Emscripten's glue of each module, loaded when it is the one that runs. */
import type { Glue } from './core.js';
import type { Variant } from './features.js';

// Literal paths, so that bundlers see them.
const glue: Record<Variant, () => Promise<{ default: Glue }>> = {
  // @ts-ignore made by the wasm build
  'simd': () => import('./parsona-simd.js'),
  // @ts-ignore made by the wasm build
  'simd-mt': () => import('./parsona-simd-mt.js'),
  // @ts-ignore made by the wasm build
  'relaxed': () => import('./parsona-relaxed.js'),
  // @ts-ignore made by the wasm build
  'relaxed-mt': () => import('./parsona-relaxed-mt.js'),
};

export async function loadGlue(variant: Variant): Promise<Glue> {
  return (await glue[variant]()).default;
}
