// A real photo through the packed package.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { entry, photo, readPNG, root } from './support.mjs';

const { createParsona } = await entry();

describe('a photo of one person', { skip: photo ? false : 'no photo at hand' }, () => {
  const loading = [], steps = [];
  let parsona, scene;

  before(async () => {
    parsona = await createParsona({ precision: 'float32', onProgress: (p) => loading.push(p) });
    scene = await parsona.parse(photo, { maxPersons: 3, onProgress: (p) => steps.push(p) });
  });
  after(() => parsona?.close());

  test('loading tells its bytes, which only grow and end at the total', () => {
    const bytes = loading.filter(({ phase }) => phase === 'download');
    assert.ok(bytes.length >= 4);
    bytes.reduce((last, { loaded, total }) => {
      assert.ok(loaded >= last && loaded <= total);
      return loaded;
    }, 0);
    assert.equal(bytes.at(-1).loaded, bytes.at(-1).total);
    const prepare = loading.filter(({ phase }) => phase === 'prepare');
    assert.deepEqual([prepare[0].done, prepare.at(-1).done], [0, prepare.at(-1).total]);
  });

  test('parsing tells its steps in order', () => {
    assert.ok(steps.every(({ phase }) => phase === 'parse'));
    assert.equal(steps[0].stage, 'find');
    assert.deepEqual([...new Set(steps.map(({ stage }) => stage))], ['find', 'person', 'compose', 'face']);
    assert.equal(steps.at(-1).done, steps.at(-1).total - 1);
    steps.reduce((last, { done }) => { assert.ok(done >= last); return done; }, 0);
  });

  test('capabilities name the module, the networks and their terms', async () => {
    const can = await parsona.capabilities();
    assert.equal(can.version, JSON.parse(readFileSync(join(root, 'package.json'))).version);
    assert.match(can.variant, /^(simd|relaxed)(-mt)?$/);
    assert.equal(can.int8, false, 'float32 was asked for');
    assert.deepEqual(can.networks.map(({ role }) => role).sort(), ['face-detector', 'face-parts', 'parts-lite', 'people', 'pose']);
    for (const network of can.networks) assert.ok(network.license && network.source && network.bytes > 1e6);
    assert.ok(can.memory.peak <= can.memory.size);
    if (can.threads === 1 && can.cores > 1) assert.ok(can.notes.some(({ about }) => about === 'threads'));
  });

  test('the person is found, with the parts that a photo of a person has', () => {
    assert.ok(scene.persons.length >= 1);
    const [person] = scene.persons;
    assert.equal(person.id, 1);
    assert.ok(person.score > 0.3 && person.score <= 1);
    for (const label of ['hair', 'face', 'upper_clothes']) assert.ok(person.labels.includes(label), label);
    const [x, y, w, h] = person.box;
    assert.ok(w * h > 0.1 * scene.width * scene.height, 'large in the picture');
    assert.ok(x >= 0 && y >= 0 && x + w <= scene.width && y + h <= scene.height);
    assert.equal(Object.keys(person.keypoints).length, 33);
    const { nose } = person.keypoints;
    assert.equal(scene.labelAt(nose.x, nose.y).person, person);
    assert.ok(person.keypoints.left_shoulder.x > person.keypoints.right_shoulder.x, 'faces us: their left is our right');
    assert.ok(nose.y < person.keypoints.left_shoulder.y);
  });

  test('masks, maps and counts say the same', () => {
    const { labels, persons } = scene.indexMap;
    assert.equal(labels.length, scene.width * scene.height);
    for (const person of scene.persons) {
      let sum = 0;
      for (const label of person.labels) {
        const mask = person.masks[label];
        assert.equal(person.masks[label], mask, 'made once');
        assert.equal(mask.area, person.pixels[label]);
        sum += mask.area;
        const index = scene.labels.indexOf(label);
        const at = mask.data.indexOf(255);
        assert.deepEqual([labels[at], persons[at]], [index, person.id]);
      }
      assert.equal(person.mask.area, sum);
      assert.deepEqual(person.mask.box, person.box);
    }
    assert.equal(scene.persons[0].masks.background, undefined);
    assert.equal(scene.labelAt(-1, 0), null);
    assert.equal(scene.labelAt(scene.width, 0), null);
    assert.equal(scene.labelAt(NaN, 0), null);
  });

  test('run lengths unfold to the mask', () => {
    const mask = scene.persons[0].masks.face;
    const unfolded = new Uint8Array(mask.data.length);
    let at = 0, value = 0;
    for (const run of mask.runs()) {
      for (let end = at + run; at < end; at++)
        unfolded[(at % mask.height) * mask.width + Math.floor(at / mask.height)] = value;
      value = 255 - value;
    }
    assert.equal(at, unfolded.length);
    assert.deepEqual(unfolded, mask.data);
    assert.deepEqual(cocoCounts(mask.toRLE().counts), mask.runs());
  });

  test('the map has the legend\'s colours, and none outside of people', () => {
    const map = scene.map({ hardEdges: true });
    assert.deepEqual([map.width, map.height], [scene.width, scene.height]);
    const colors = new Map(scene.legend().map(({ index, colors: byPerson }) => [index, [...byPerson.values()][0]]));
    scene.indexMap.labels.forEach((label, i) => {
      if (i % 97) return;
      const pixel = [...map.data.subarray(4 * i, 4 * i + 4)];
      if (label) assert.deepEqual(pixel, colors.get(label)); else assert.equal(pixel[3], 0);
    });
    const only = scene.map({ layers: ['hair'], hardEdges: true, palette: { hair: '#102030' } });
    const hair = scene.mask({ label: 'hair' });
    assert.equal(only.data.filter((v, i) => i % 4 === 3 && v).length, hair.area);
    assert.deepEqual([...only.data.subarray(4 * hair.data.indexOf(255)).subarray(0, 4)], [16, 32, 48, 255]);
    assert.ok(scene.map({ alpha: 0 }).data.every((v) => v === 0));
    assert.ok(scene.map({ persons: [] }).data.every((v, i) => i % 4 !== 3 || v === 0));
    const small = scene.map({ size: 100 });
    assert.equal(Math.max(small.width, small.height), 100);
  });

  test('bad options of a map are refused', () => {
    for (const options of [{ palette: 'none such' }, { palette: { hair: 'red' } }, { layers: ['tail'] }, { alpha: 2 },
      { tint: -1 }, { persons: [1.5] }, { size: 0 }])
      assert.throws(() => scene.map(options), { name: 'ParsonaError', code: 'argument' }, JSON.stringify(options));
    assert.throws(() => scene.mask({ person: 99 }), { code: 'argument' });
    assert.throws(() => scene.mask({ label: 'tail' }), { code: 'argument' });
  });

  test('a PNG of the index map holds the label map', async () => {
    const png = await parsona.encodePNG({ data: scene.indexMap.labels, width: scene.width, height: scene.height });
    const read = readPNG(Buffer.from(png));
    assert.equal(read.channels, 1);
    assert.deepEqual(read.data, scene.indexMap.labels);
    await assert.rejects(parsona.encodePNG({ data: new Uint8Array(7), width: 2, height: 2 }), { code: 'argument' });
  });

  test('COCO lists persons and parts', () => {
    const coco = scene.toCOCO({ fileName: 'a.jpg' });
    const people = coco.annotations.filter(({ category_id: id }) => id === 1);
    assert.equal(people.length, scene.persons.length);
    assert.equal(people[0].keypoints.length, 51);
    assert.equal(coco.annotations.length, scene.persons.reduce((n, p) => n + 1 + p.labels.length, 0));
    assert.deepEqual(coco.categories.map(({ id }) => id), coco.categories.map((_, i) => i + 1));
  });

  test('bytes, a Blob and a file URL give what the path gave', async () => {
    const bytes = readFileSync(photo);
    for (const input of [bytes, new Blob([bytes]), pathToFileURL(photo)]) {
      const other = await parsona.parse(input, { maxPersons: 3 });
      assert.deepEqual(other.indexMap, scene.indexMap);
    }
  });

  test('native and WebAssembly agree', { skip: !existsSync(join(root, 'build/native/parsona')) }, async () => {
    const out = mkdtempSync(join(tmpdir(), 'parsona-'));
    execFileSync(join(root, 'build/native/parsona'), ['parse', photo, '-o', out, '--float32']);
    const full = await parsona.parse(photo);
    const result = JSON.parse(readFileSync(join(out, 'result.json')));
    const mine = full.toJSON();
    assert.deepEqual([mine.width, mine.height, mine.labels], [result.width, result.height, result.labels]);
    assert.equal(mine.persons.length, result.persons.length);
    assert.deepEqual(Object.keys(mine.timing_ms), Object.keys(result.timing_ms));
    for (const [i, person] of result.persons.entries()) {
      assert.ok(Math.abs(person.score - mine.persons[i].score) < 2e-3);
      for (const [name, [x, y]] of Object.entries(person.keypoints)) {
        const [mx, my] = mine.persons[i].keypoints[name];
        assert.ok(Math.hypot(x - mx, y - my) < 0.01 * Math.max(...person.box), name);
      }
    }
    for (const name of ['labels', 'persons']) {
      const native = readPNG(readFileSync(join(out, `${name}.png`))).data;
      const same = native.reduce((n, v, i) => n + (v === full.indexMap[name][i]), 0) / native.length;
      assert.ok(same > 0.999, `${name}: ${(100 * same).toFixed(3)} % of the pixels agree`);
    }
  });
});

/** The counts of COCO's compressed string (cocoapi, rleFrString). */
function cocoCounts(text) {
  const counts = [];
  for (let p = 0; p < text.length;) {
    let x = 0, k = 0, more = true;
    while (more) {
      const c = text.charCodeAt(p++) - 48;
      x |= (c & 0x1f) << (5 * k++);
      more = (c & 0x20) !== 0;
      if (!more && c & 0x10) x |= -1 << (5 * k);
    }
    if (counts.length > 2) x += counts.at(-2);
    counts.push(x);
  }
  return counts;
}
