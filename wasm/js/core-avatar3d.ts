/** Figures of people: pa_avatar3d_create. */
import type { Core } from './core.js';
import type { Pointer } from './heap.js';
import type { Avatar3DRequest } from './protocol.js';

export interface Avatar3DExports {
  _pa_js_avatar3d(context: Pointer, image: Pointer, scene: Pointer, id: number, format: number, style: number,
    height: number, name: Pointer, author: Pointer, license: number, bytes: Pointer, size: Pointer): number;
  _pa_bytes_free(bytes: Pointer): void;
}

// In the order of the enums of parsona.h.
export const FORMATS = ['glb', 'vrm', 'vrm0', 'pose'] as const;
export const STYLES = ['photo', 'cartoon'] as const;
export const LICENSES = ['private', 'personal', 'cc-by', 'cc0'] as const;

export function makeFigure(core: Core, { image, scene }: { image: Pointer; scene: Pointer },
                           { person, format, style, height, name, author, license }: Avatar3DRequest): Uint8Array<ArrayBuffer> {
  const { heap, calls: { c, context } } = core;
  return heap.withText(name, (title) => heap.withText(author, (maker) => heap.with(8, (out) => {
    core.check(c._pa_js_avatar3d(context, image, scene, person, FORMATS.indexOf(format), STYLES.indexOf(style), height,
      name ? title : 0, author ? maker : 0, LICENSES.indexOf(license), out, out + 4));
    const [bytes, size] = heap.words(out, 2) as unknown as [number, number];
    const file = heap.copy(bytes, size);
    c._pa_bytes_free(bytes);
    return file;
  })));
}
