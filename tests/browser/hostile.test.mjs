// Places that make it hard: wrong files, no storage, no memory, policies that forbid. The package runs on a page of the
// site; what stands in its way is put there by the test.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { launch, open, photo, ready, serve, summary } from './support.mjs';

let browser, site;
before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => {
  await browser?.close();
  site?.close();
});

/** A context with `hinder(context)` done before its page on `path` opens. */
async function hindered(hinder, path = '') {
  const context = await browser.newContext();
  await hinder(context);
  const page = await context.newPage();
  await page.goto(site.url + path);
  return { page, context };
}

/** Closes it; what its routes still wait for must not fail the tests. */
async function leave(context) {
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}

/** Makes an instance on the page and says what became of it. */
const attempt = (page, options = {}) => page.evaluate(async (given) => {
  const { createParsona } = await import('/parsona/index.js');
  try {
    const parsona = await createParsona(given);
    const { threads, notes, variant } = await parsona.capabilities();
    const { width } = await parsona.parse(new ImageData(8, 8));
    parsona.close();
    return { threads, variant, notes: notes.map(({ about, text }) => `${about}: ${text}`), width };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
}, options);

/** A page of the site without its application, so that nothing is cached yet. */
const EMPTY = 'parsona/manifest.json';
const fulfilled = (body, headers) => (route) => route.fulfill({ body, headers });

test('a server that sends its page for every address', async () => {
  const html = '<!doctype html><title>App</title>';
  for (const [type, code] of [['text/html', 'asset'], ['application/wasm', 'integrity']]) {
    const { page, context } = await hindered((c) => c.route('**/*.wasm', fulfilled(html, { 'content-type': type })), EMPTY);
    const result = await attempt(page);
    assert.equal(result.code, code, JSON.stringify(result));
    assert.match(result.message, /\.wasm.*(web page|bytes instead of)/);
    await leave(context);
  }
});

test('the page explains it, and works once the server is mended', { skip: photo ? false : 'no photo at hand' }, async () => {
  let broken = true;
  const { page, context } = await hindered((c) =>
    c.route('**/weights/*.safetensors', (route) => (broken ? route.fulfill({ status: 503, body: '' }) : route.continue())));
  await page.waitForSelector('.loading.bad');
  assert.match(await page.textContent('#loading-text'), /503/);
  await page.setInputFiles('#file', photo);
  await page.waitForSelector('.trouble');
  assert.match(await page.textContent('.trouble'), /could not be loaded/);
  broken = false;
  await page.click('.trouble button');
  assert.match(await summary(page), /person|people/);
  await leave(context);
});

test('storage that is full, forbidden or absent', async () => {
  const inWorker = (code) => (context) => context.route('**/parsona/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()}\n${code}` });
  });
  const full = "Cache.prototype.put = async () => { throw new DOMException('full', 'QuotaExceededError'); };";
  const forbidden = "CacheStorage.prototype.open = async () => { throw new DOMException('no', 'SecurityError'); };";
  const absent = "Object.defineProperty(globalThis, 'caches', { value: undefined });";
  for (const [code, note] of [[full, /cache: .*too little storage/], [forbidden, /cache: .*could not be kept/], [absent, null]]) {
    const { page, context } = await hindered(inWorker(code), EMPTY);
    const result = await attempt(page);
    assert.equal(result.width, 8, JSON.stringify(result));
    if (note) assert.ok(result.notes.some((text) => note.test(text)), result.notes.join('\n'));
    await leave(context);
  }
});

test('no memory for threads: one thread, and it is said why', async () => {
  const { page, context } = await hindered((c) => c.route('**/parsona/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()}
      const { Memory } = WebAssembly;
      WebAssembly.Memory = class extends Memory {
        constructor(how) {
          if (how.shared) throw new RangeError('could not allocate memory');
          super(how);
        }
      };` });
  }), EMPTY);
  const result = await attempt(page, { threads: 2 });
  assert.deepEqual([result.threads, result.width], [1, 8], JSON.stringify(result));
  assert.doesNotMatch(result.variant, /-mt$/);
  assert.ok(result.notes.some((text) => /threads: .*not enough memory/.test(text)), result.notes.join('\n'));
  await leave(context);
});

test('without isolation there is one thread, and what to do about it', async () => {
  const plain = await serve({ isolation: false });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(plain.url + EMPTY);
  const result = await attempt(page, { threads: 4 });
  assert.equal(result.threads, 1);
  assert.ok(result.notes.some((text) => /Cross-Origin-Embedder-Policy/.test(text)), result.notes.join('\n'));
  await leave(context);
  plain.close();
});

/** A black PNG; small, whatever it unfolds to. */
function blackPng(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 1; // bit a pixel, grey
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height))), chunk('IEND', Buffer.alloc(0))]);
}

test('huge pictures: 100 megapixels are looked at, 400 refused, and the page goes on', { timeout: 300_000 }, async () => {
  const { page, problems } = await open(browser, site.url);
  await ready(page);
  for (const [width, height, said, why] of [
    [10000, 10000, 'Nobody found', /no person/],
    [20000, 20000, 'That did not work', /20000 x 20000 pixels: over the limit of 110 megapixels/],
    [40000, 10, 'That did not work', /40000 x 10 pixels: over the limit of 30000 a side/],
    [40, 30, 'Nobody found', /no person/],
  ]) {
    await page.setInputFiles('#file', { name: 'huge.png', mimeType: 'image/png', buffer: blackPng(width, height) });
    assert.equal(await summary(page), said, `${width} x ${height}`);
    assert.match(await page.textContent('.trouble'), why);
    await page.click('#again');
  }
  assert.deepEqual(problems, []);
  await page.context().close();
});

test('a policy that forbids WebAssembly is named', async () => {
  const policy = "default-src 'self'; script-src 'self'";
  const { page, context } = await hindered((c) => c.route('**/*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  }), EMPTY);
  const result = await attempt(page);
  assert.equal(result.code, 'unsupported', JSON.stringify(result));
  assert.match(result.message, /wasm-unsafe-eval/);
  await leave(context);
});

test('a file that is no network is refused, and the page goes on with those it had', async () => {
  const { page, context } = await open(browser, site.url);
  await ready(page);
  await page.click('#settings');
  await page.setInputFiles('#own-file', { name: 'mine.safetensors', mimeType: '', buffer: Buffer.alloc(100) });
  await page.waitForFunction(() => /moreWeights\[0\]/.test(document.getElementById('own-said')?.textContent), null, { timeout: 60_000 });
  await page.click('#settings-close');
  assert.match(await page.textContent('#engine-line'), /thread/);
  const works = await page.evaluate(async () => {
    const { engine } = await import('./js/engine.js');
    return (await (await engine()).parse(new ImageData(8, 8))).width;
  });
  assert.equal(works, 8);
  await leave(context);
});

test('two parses at once, one of them aborted in the middle', { skip: photo ? false : 'no photo at hand' }, async () => {
  const { page, context } = await open(browser, site.url);
  await ready(page);
  await page.setInputFiles('#file', photo);
  await summary(page);
  const result = await page.evaluate(async () => {
    const { createParsona } = await import('/parsona/index.js');
    const image = document.querySelector('.picture img');
    const parsona = await createParsona();
    const stop = new AbortController();
    const first = parsona.parse(image, { signal: stop.signal, onProgress: ({ stage }) => stage === 'person' && stop.abort() });
    const second = parsona.parse(image);
    const [one, two] = await Promise.allSettled([first, second]);
    const third = await parsona.parse(image);
    parsona.close();
    return { one: one.reason?.name, two: two.value?.persons.length, third: third.persons.length };
  });
  assert.equal(result.one, 'AbortError');
  assert.ok(result.two >= 1);
  assert.equal(result.third, result.two);
  await leave(context);
});
