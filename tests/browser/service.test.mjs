// The service worker: the page without a network, POST /api/parse without a server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { launch, open, photo, ready, serve, summary } from './support.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const post = (page, bytes, field = 'image') => page.evaluate(async ([base64, name]) => {
  const form = new FormData();
  if (base64) form.append(name, new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'photo'));
  const response = await fetch('api/parse', { method: 'POST', body: form });
  return { status: response.status, body: await response.json() };
}, [bytes?.toString('base64') ?? '', field]);

describe('POST /api/parse', { skip: photo ? false : 'no photo at hand' }, () => {
  let site, page, context;
  before(async () => {
    site = await serve();
    ({ page, context } = await open(browser, site.url));
    await ready(page);
  });
  after(async () => {
    await context?.close();
    site?.close();
  });

  test('answers with the coloured mask, the masks and the number of persons', async () => {
    const { status, body } = await post(page, readFileSync(photo));
    assert.equal(status, 200);
    assert.ok(body.num_persons >= 1);
    assert.equal(body.masks.length, body.labels.length);
    assert.equal(body.masks.length, body.persons.length);
    assert.ok(body.labels.includes('hair'));
    const png = (url) => {
      assert.match(url, /^data:image\/png;base64,/);
      return Buffer.from(url.split(',')[1], 'base64');
    };
    const [map, mask] = [png(body.colored_mask), png(body.masks[0])];
    assert.deepEqual([map[25], mask[25]], [6, 0], 'colour with alpha, and grey');
    assert.deepEqual(map.subarray(16, 24), mask.subarray(16, 24), 'of one size');
  });

  test('refuses what is wrong with a fitting status', async () => {
    assert.deepEqual([await post(page, Buffer.from('no picture'))].map(({ status, body }) => [status, body.error.code]), [[415, 'image']]);
    assert.equal((await post(page, readFileSync(photo), 'picture')).status, 400);
    assert.equal((await post(page, null)).status, 400);
    const got = await page.evaluate(async () => (await fetch('api/parse')).status);
    assert.equal(got, 405);
  });
});

test('the second visit works without a network', { skip: photo ? false : 'no photo at hand' }, async () => {
  const site = await serve();
  const { page, context, problems } = await open(browser, site.url);
  await ready(page);
  site.close();
  await page.reload();
  await ready(page);
  assert.match(await page.textContent('#engine-line'), /thread/);
  await page.setInputFiles('#file', photo);
  assert.match(await summary(page), /person|people/);
  assert.deepEqual(problems.filter((p) => !/ERR_CONNECTION_REFUSED|Failed to load resource|sw\.js/.test(p)), []);
  await context.close();
});

test('weights are kept under their hash, listed and forgotten', async () => {
  const site = await serve();
  const { page, context } = await open(browser, site.url);
  await ready(page);
  const found = await page.evaluate(async () => {
    const { createParsona } = await import('./parsona/index.js');
    const cached = [];
    const parsona = await createParsona({ onProgress: (p) => p.phase === 'download' && cached.push([p.file, p.cached]) });
    const before = await parsona.cache.list();
    const gone = await parsona.cache.delete(before[0].file);
    const again = await parsona.cache.delete(before[0].file);
    const left = (await parsona.cache.list()).length;
    await parsona.cache.clear();
    const after = (await parsona.cache.list()).length;
    parsona.close();
    return { before: before.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })), gone, again, left, after, cached };
  });
  const manifest = await (await fetch(`${site.url}parsona/manifest.json`)).json();
  const wanted = manifest.weights.filter(({ load }) => load === 'start' || load === 'face');
  assert.deepEqual(found.before.sort((a, b) => a.file.localeCompare(b.file)),
    wanted.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })).sort((a, b) => a.file.localeCompare(b.file)));
  assert.deepEqual([found.gone, found.again, found.left, found.after], [true, false, wanted.length - 1, 0]);
  for (const { file } of wanted) assert.ok(found.cached.some(([name, cached]) => name === file && cached), `${file} from the cache`);
  await context.close();
  site.close();
});

test('a damaged copy in the cache is replaced', async () => {
  const site = await serve();
  const { page, context } = await open(browser, site.url);
  await ready(page);
  const fetched = await page.evaluate(async () => {
    const store = await caches.open('parsona-weights-1');
    const [request] = await store.keys();
    const old = await store.match(request);
    const bytes = new Uint8Array(await old.clone().arrayBuffer());
    bytes[bytes.length >> 1] ^= 1;
    await store.put(request, new Response(bytes, { headers: old.headers }));
    const { createParsona } = await import('./parsona/index.js');
    const from = {};
    const parsona = await createParsona({ onProgress: (p) => { if (p.phase === 'download') from[p.file] = p.cached; } });
    parsona.close();
    return [from[old.headers.get('x-parsona-file')], (await store.keys()).length];
  });
  assert.equal(fetched[0], false, 'it was fetched again');
  assert.ok(fetched[1] >= 3, 'and kept again');
  await context.close();
  site.close();
});

test('takes what the browser decodes or draws', async () => {
  const site = await serve();
  const { page, context, problems } = await open(browser, site.url);
  await ready(page);
  const sizes = await page.evaluate(async () => {
    const { createParsona } = await import('./parsona/index.js');
    const parsona = await createParsona();
    const canvas = new OffscreenCanvas(60, 40);
    const context2d = canvas.getContext('2d');
    context2d.fillStyle = '#888';
    context2d.fillRect(0, 0, 60, 40);
    const webp = await canvas.convertToBlob({ type: 'image/webp' });
    const bitmap = await createImageBitmap(canvas);
    const element = document.createElement('canvas');
    [element.width, element.height] = [30, 20];
    const image = new Image();
    image.src = URL.createObjectURL(await canvas.convertToBlob());
    await image.decode();
    const results = [];
    for (const input of [webp, bitmap, canvas, element, image, context2d.getImageData(0, 0, 10, 20), image.src]) {
      const { width, height } = await parsona.parse(input).catch((error) => ({ width: error.code, height: error.message }));
      results.push([width, height]);
    }
    const usable = bitmap.width; // the caller's bitmap was copied, not taken
    parsona.close();
    return { type: webp.type, results, usable };
  });
  assert.equal(sizes.type, 'image/webp');
  assert.deepEqual(sizes.results.slice(0, 6), [[60, 40], [60, 40], [60, 40], [30, 20], [60, 40], [10, 20]]);
  // The page's policy lets no script fetch a blob: URL, and says so.
  assert.equal(sizes.results[6][0], 'network');
  assert.equal(sizes.usable, 60);
  assert.ok(problems.every((p) => /CSP|Content Security Policy|connect-src/i.test(p)), problems.join('\n'));
  await context.close();
  site.close();
});
