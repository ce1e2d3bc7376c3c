/** A person followed from frame to frame: pa_tracker_*. */
import type { Core } from './core.js';
import type { Pointer } from './heap.js';
import type { TrackData, TrackNames } from './protocol.js';

export interface TrackExports {
  _pa_js_tracker_create(context: Pointer, mirror: number, tracker: Pointer): number;
  _pa_js_tracker_frame(tracker: Pointer, image: Pointer, seconds: number, out: Pointer): number;
  _pa_tracker_destroy(tracker: Pointer): void;
  _pa_track_bone_name(bone: number): Pointer;
  _pa_track_expression_name(expression: number): Pointer;
}

const KEYPOINTS = 33;

export function trackNames({ heap, calls: { c } }: Core): TrackNames {
  const names = (name: (i: number) => Pointer) => {
    const list: string[] = [];
    for (let p = name(0); p; p = name(list.length)) list.push(heap.text(p));
    return list;
  };
  return { bones: names(c._pa_track_bone_name), expressions: names(c._pa_track_expression_name) };
}

export function createTracker(core: Core, mirror: boolean): Pointer {
  const { heap, calls: { c, context } } = core;
  return heap.with(4, (out) => {
    core.check(c._pa_js_tracker_create(context, Number(mirror), out));
    return heap.words(out, 1)[0]!;
  });
}

/** The frame is freed. */
export function trackFrame(core: Core, tracker: Pointer, image: Pointer, seconds: number, names: TrackNames): TrackData {
  const { heap, calls: { c } } = core;
  const bones = 4 + 6 * KEYPOINTS, expressions = bones + 4 * names.bones.length;
  try {
    const numbers = heap.doubles(expressions + names.expressions.length, (out) =>
      core.check(c._pa_js_tracker_frame(tracker, image, seconds, out)));
    const [found, face, searched, score] = numbers;
    return {
      found: Boolean(found), face: Boolean(face), searched: Boolean(searched), score: score!,
      keypoints: numbers.slice(4, 4 + 3 * KEYPOINTS), world: numbers.slice(4 + 3 * KEYPOINTS, bones),
      bones: numbers.slice(bones, expressions), expressions: numbers.slice(expressions),
    };
  } finally {
    core.freeImage(image);
  }
}
