// A person followed through frames that are made of one photo.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { entry, photo, readPNG } from './support.mjs';

const { createParsona } = await entry();

/** The photo as pixels, 360 high. */
function pixels() {
  const script = 'import sys\nfrom PIL import Image\n'
    + 'p = Image.open(sys.argv[1]).convert("RGB"); p = p.resize((p.width * 360 // p.height, 360)); p.save(sys.stdout.buffer, "PNG")';
  return readPNG(execFileSync('/usr/bin/python3', ['-c', script, photo], { maxBuffer: 1 << 26 }));
}

/** A frame of 640 x 400 with the picture's corner at (x, 40), on grey; null for the picture: grey alone. */
function frameWith(picture, x) {
  const data = new Uint8ClampedArray(640 * 400 * 4).fill(128);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  for (let v = 0; picture && v < picture.height; v++)
    for (let u = 0; u < picture.width; u++) {
      if (x + u < 0 || x + u >= 640) continue;
      const to = ((v + 40) * 640 + x + u) * 4, from = (v * picture.width + u) * picture.channels;
      for (let c = 0; c < 3; c++) data[to + c] = picture.data[from + c];
    }
  return { width: 640, height: 400, data };
}

const finite = (value) => (typeof value === 'number' ? Number.isFinite(value)
  : typeof value !== 'object' || Object.values(value).every(finite));
const landmark = ({ landmarks }, name) => landmarks.find((l) => l.name === name);

describe('a tracker', { skip: photo ? false : 'skipped: no photos' }, () => {
  let parsona, picture;
  before(async () => {
    parsona = await createParsona();
    picture = pixels();
  });
  after(() => parsona?.close());

  test('finds, follows, loses and finds again', async () => {
    const tracker = await parsona.tracker();
    const first = await tracker.track(frameWith(picture, 20), { seconds: 0 });
    assert.ok(first.found && first.face && first.searched && first.score > 0.5);
    assert.equal(first.landmarks.length, 33);
    assert.deepEqual(Object.keys(first.expressions), ['blinkLeft', 'blinkRight', 'aa', 'ou', 'happy', 'surprised']);
    assert.equal(Object.keys(first.bones).length, 22);
    for (const [name, q] of Object.entries(first.bones))
      assert.ok(Math.abs(Math.hypot(...q) - 1) < 1e-3, name);
    let last;
    for (let i = 1; i <= 12; i++) {
      last = await tracker.track(frameWith(picture, 20 + 10 * Math.min(i, 8)), { seconds: i / 15 });
      assert.ok(last.found && !last.searched);
    }
    assert.ok(finite(last));
    const moved = landmark(last, 'nose').x - landmark(first, 'nose').x;
    assert.ok(moved > 70 && moved < 90, `the nose moved by ${moved} pixels`);

    const gone = await tracker.track(frameWith(null, 0), { seconds: 1 });
    assert.deepEqual([gone.found, gone.bones, gone.landmarks], [false, {}, []]);
    const back = await tracker.track(frameWith(picture, 250), { seconds: 2 });
    assert.ok(back.found && back.searched);
    tracker.close();
  });

  test('mirrors bones and not landmarks', async () => {
    const [plain, mirrored] = [await parsona.tracker(), await parsona.tracker({ mirror: true })];
    const frame = frameWith(picture, 100);
    const a = await plain.track(frame), b = await mirrored.track(frame);
    assert.deepEqual(a.landmarks, b.landmarks);
    const [x, y, z, w] = a.bones.leftUpperArm;
    b.bones.rightUpperArm.forEach((v, i) => assert.ok(Math.abs(v - [x, -y, -z, w][i]) < 1e-5));
    assert.equal(a.expressions.blinkLeft, b.expressions.blinkRight);
    plain.close();
    mirrored.close();
  });

  test('drops frames that come too fast, and goes on beside a parse', async () => {
    const tracker = await parsona.tracker();
    const frame = frameWith(picture, 60);
    const [one, two, three] = await Promise.all([tracker.track(frame), tracker.track(frame), tracker.track(frame)]);
    assert.ok(one.found);
    assert.deepEqual([two, three], [null, null]);
    const [scene, tracked] = await Promise.all([parsona.parse(frame), tracker.track(frame)]);
    assert.ok(scene.persons.length >= 1 && tracked.found);
    tracker.close();
  });

  test('an abort, a bad frame and a close have their errors, and the next frame its answer', async () => {
    const tracker = await parsona.tracker();
    const frame = frameWith(picture, 60);
    await assert.rejects(tracker.track(frame, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    await assert.rejects(tracker.track(frame, { seconds: NaN }), { code: 'argument' });
    await assert.rejects(tracker.track({ width: 3, height: 3, data: new Uint8Array(5) }), { code: 'argument' });
    const tiny = await tracker.track({ width: 1, height: 1, data: new Uint8Array(4) });
    assert.ok(!tiny.found && tiny.searched);
    assert.ok((await tracker.track(frame)).found);
    tracker.close();
    tracker.close();
    await assert.rejects(tracker.track(frame), { code: 'closed' });
  });
});
