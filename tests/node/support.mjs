// What the Node tests share: the package as a user gets it, and a photo.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The folder of the package, packed and installed without a network; once for all test files. */
export function installed() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package.json')));
  const files = readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  for (const entry of files.map((e) => join(e.parentPath ?? e.path, e.name)).sort())
    hash.update(entry).update(readFileSync(entry));
  const home = join(root, 'build', `packed-${hash.digest('hex').slice(0, 16)}`);
  const folder = join(home, 'node_modules/parsona');
  if (existsSync(folder)) return folder;
  const making = `${home}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  const npm = (...args) => execFileSync('npm', [...args, '--silent'], { cwd: making, encoding: 'utf8' }).trim();
  const tarball = npm('pack', root, '--pack-destination', making).split('\n').pop();
  writeFileSync(join(making, 'package.json'), '{"name":"user","private":true,"type":"module"}\n');
  npm('install', '--offline', '--no-audit', '--no-fund', join(making, tarball));
  try {
    renameSync(making, home);
  } catch { // another test file was faster
    rmSync(making, { recursive: true });
  }
  return folder;
}

/** The package's entry, as `import 'parsona'` finds it in Node. */
export async function entry() {
  const { exports } = JSON.parse(readFileSync(join(installed(), 'package.json')));
  return import(pathToFileURL(join(installed(), exports['.'].node)).href);
}

/** A module of the package that has no entry of its own. */
export const inside = (name) => import(pathToFileURL(join(installed(), 'dist', name)).href);

/** A photo of one person, large in the picture. */
export const photo = [
  join(process.env.PARSONA_DATA ?? join(root, '../shared/data'), 'photos/000_person-vlado5.jpg'),
  '/usr/lib/python3/dist-packages/skimage/data/astronaut.png',
].find((path) => existsSync(path));

/** An 8-bit grey, RGB or RGBA PNG: { width, height, channels, data } (PNG 1.2, sections 4.1 and 6). */
export function readPNG(bytes) {
  const idat = [];
  let width, height, channels;
  for (let at = 8; at < bytes.length;) {
    const size = bytes.readUInt32BE(at), type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IHDR') {
      [width, height] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
      channels = { 0: 1, 2: 3, 6: 4 }[bytes[at + 17]];
    }
    if (type === 'IDAT') idat.push(bytes.subarray(at + 8, at + 8 + size));
    at += 12 + size;
  }
  const raw = inflateSync(Buffer.concat(idat)), stride = width * channels;
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const i = y * stride + x;
      const a = x >= channels ? data[i - channels] : 0, b = y ? data[i - stride] : 0;
      const c = x >= channels && y ? data[i - stride - channels] : 0;
      const p = a + b - c, [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const guess = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter];
      data[i] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return { width, height, channels, data };
}
