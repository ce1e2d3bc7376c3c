// Calls that overlap, are aborted, are wrong, or come too late.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { entry, photo } from './support.mjs';

const { createParsona } = await entry();
const noise = (width, height) => ({
  width, height, data: Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 2654435761) >>> 24)),
});

for (const worker of [true, false])
  describe(worker ? 'in a worker thread' : 'on the calling thread', () => {
    let parsona;
    before(async () => { parsona = await createParsona({ worker }); });
    after(() => parsona?.close());
    const alive = async () => assert.equal((await parsona.parse(noise(64, 48))).width, 64);

    test('two parses at once are done in order', async () => {
      const order = [];
      const scenes = await Promise.all([[64, 48], [32, 80]].map(async ([w, h], i) => {
        const scene = await parsona.parse(noise(w, h));
        order.push(i);
        return [scene.width, scene.height];
      }));
      assert.deepEqual(scenes, [[64, 48], [32, 80]]);
      assert.deepEqual(order, [0, 1]);
    });

    test('a signal that is aborted already', async () => {
      await assert.rejects(parsona.parse(noise(64, 48), { signal: AbortSignal.abort() }), { name: 'AbortError' });
      await alive();
    });

    test('an abort in the middle rejects with the signal\'s reason', { skip: !photo }, async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const seen = [];
      const parse = parsona.parse(photo, {
        signal: controller.signal,
        onProgress: ({ stage }) => {
          seen.push(stage);
          if (stage === 'person') controller.abort(reason);
        },
      });
      await assert.rejects(parse, (error) => error === reason);
      assert.ok(!seen.includes('compose'));
      await alive();
    });

    test('an abort while another parse has its turn', async () => {
      const controller = new AbortController();
      const first = parsona.parse(noise(64, 48));
      const second = parsona.parse(noise(32, 32), { signal: controller.signal });
      controller.abort();
      await assert.rejects(second, { name: 'AbortError' });
      assert.equal((await first).width, 64);
    });

    test('every bad input has its code, and the instance lives on', async () => {
      const cases = [
        ['/no/such/file.jpg', 'network'],
        [new Uint8Array(0), 'image'],
        [new Uint8Array(5000), 'image'],
        [new Blob(['hello, I am no picture']), 'image'],
        [new Blob([]), 'image'],
        [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), 'image'],
        [{ width: 2, height: 2, data: new Uint8Array(3) }, 'argument'],
        [{ width: 0, height: 0, data: new Uint8Array(0) }, 'argument'],
        [{ width: 40000, height: 1, data: new Uint8Array(160000) }, 'too_large'],
        [7, 'argument'], [null, 'argument'], [undefined, 'argument'], [{}, 'argument'],
      ];
      for (const [input, code] of cases)
        await assert.rejects(parsona.parse(input), { name: 'ParsonaError', code }, `${code}: ${String(input)}`);
      for (const options of [{ maxPersons: -1 }, { maxPersons: 1.5 }, { maxPersons: 65 }, { minScore: 2 }])
        await assert.rejects(parsona.parse(noise(8, 8), options), { code: 'argument' }, JSON.stringify(options));
      await alive();
    });

    test('one pixel, and a picture without people', async () => {
      for (const [w, h] of [[1, 1], [300, 200]]) {
        const scene = await parsona.parse({ width: w, height: h, data: new Uint8Array(4 * w * h).fill(255) });
        assert.deepEqual([scene.width, scene.height, scene.persons.length], [w, h, 0]);
        assert.deepEqual(scene.legend(), []);
        assert.ok(scene.map().data.every((v) => v === 0));
      }
    });
  });

test('closing rejects what is open and what comes, scenes stay', async () => {
  const parsona = await createParsona();
  const scene = await parsona.parse(noise(64, 48));
  const open = parsona.parse(noise(640, 480));
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  parsona.close();
  await assert.rejects(open, { code: 'closed' });
  await assert.rejects(parsona.parse(noise(8, 8)), { code: 'closed' });
  await assert.rejects(parsona.capabilities(), { code: 'closed' });
  parsona.close();
  assert.equal(scene.map().width, 64);
});

test('an instance can be disposed of', async () => {
  const parsona = await createParsona();
  parsona[Symbol.dispose]();
  await assert.rejects(parsona.parse(noise(8, 8)), { code: 'closed' });
});

test('loading can be aborted', async () => {
  await assert.rejects(createParsona({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  const controller = new AbortController();
  await assert.rejects(createParsona({ signal: controller.signal, onProgress: () => controller.abort() }), { name: 'AbortError' });
});

test('bad options are refused', async () => {
  for (const options of [{ threads: 0 }, { threads: 'many' }, { threads: 65 }, { maxMemory: -1 }, { maxMemory: 1000 }])
    await assert.rejects(createParsona(options), { name: 'ParsonaError', code: 'argument' }, JSON.stringify(options));
});

test('a memory ceiling is an error that says so, and the instance lives on', async () => {
  const parsona = await createParsona({ maxMemory: 144 << 20 });
  await assert.rejects(parsona.parse(noise(5000, 4000)), { code: 'memory' });
  assert.equal((await parsona.parse({ width: 1, height: 1, data: new Uint8Array(4) })).width, 1);
  const { memory } = await parsona.capabilities();
  assert.ok(memory.size <= 144 << 20);
  parsona.close();
});
