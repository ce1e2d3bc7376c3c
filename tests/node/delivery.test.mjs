// What stands between the package's files and a running instance: damaged, missing, exchanged.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { entry, inside, installed } from './support.mjs';

const { createParsona } = await entry();
const dist = join(installed(), 'dist');
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json')));
const people = manifest.weights.find(({ role }) => role === 'people');

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A copy of the package's assets, after `change(folder)`. */
function assets(change = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'parsona-'));
  folders.push(folder);
  for (const { file } of [...Object.values(manifest.modules), ...manifest.weights]) cpSync(join(dist, file), join(folder, file));
  cpSync(join(dist, 'manifest.json'), join(folder, 'manifest.json'));
  change(folder);
  return folder;
}

function flipBit(path, at) {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at] ^= 4;
  writeFileSync(path, bytes);
}

const refused = (options, code, words) =>
  assert.rejects(createParsona(options), (error) => {
    assert.equal(error.name, 'ParsonaError');
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  });

test('assets may lie elsewhere', async () => {
  (await createParsona({ assetBase: assets() })).close();
  (await createParsona({ assetBase: pathToFileURL(assets()) })).close();
});

test('a flipped bit is found wherever it is', async () => {
  for (const at of [9, 100_000, -1])
    await refused({ assetBase: assets((f) => flipBit(join(f, people.file), at)) }, 'integrity', /SHA-256/);
});

test('a truncated, a longer, a missing file', async () => {
  await refused({ assetBase: assets((f) => truncateSync(join(f, people.file), 1000)) }, 'integrity', /1000 bytes instead of/);
  await refused({ assetBase: assets((f) => writeFileSync(join(f, people.file), Buffer.alloc(people.bytes + 1))) }, 'integrity',
    /longer/);
  await refused({ assetBase: assets((f) => rmSync(join(f, people.file))) }, 'network', /404/);
  await refused({ assetBase: assets((f) => rmSync(join(f, 'stitch.wasm'))) }, 'network', /stitch\.wasm.*404/);
});

test('a damaged module', async () => {
  const change = (f) => Object.values(manifest.modules).forEach(({ file }) => file !== 'stitch.wasm' && flipBit(join(f, file), 0));
  await refused({ assetBase: assets(change) }, 'integrity', /SHA-256/);
});

test('weights given as bytes are checked by the library', async () => {
  const networks = manifest.weights.filter(({ role }) => role !== 'body');
  const files = networks.map(({ file }) => readFileSync(join(dist, file)));
  const parsona = await createParsona({ weights: files });
  assert.equal((await parsona.capabilities()).networks.length, files.length);
  parsona.close();

  const cut = files[0].subarray(0, files[0].length - 5);
  await refused({ weights: [cut] }, 'weights', /weights\[0\]/);
  const torn = Buffer.from(files[0]);
  torn[20] ^= 0x40;
  await refused({ weights: [torn] }, 'weights', /weights\[0\]/);
  await refused({ weights: [new Uint8Array(0)] }, 'argument', /weights\[0\]/);
  await refused({ weights: [new Blob([new Uint8Array(64)])] }, 'weights', /weights\[0\]/);
});

test('more weights come beside the package\'s, or in their place', async () => {
  const other = manifest.weights.find(({ load }) => load === 'permissive');
  const parsona = await createParsona({ moreWeights: [readFileSync(join(dist, other.file)), new Blob([readFileSync(join(dist, people.file))])] });
  const roles = (await parsona.capabilities()).networks.map(({ role }) => role);
  assert.ok(roles.includes(other.role), roles.join());
  assert.equal(roles.filter((role) => role === 'people').length, 1, 'one of a role');
  parsona.close();
  await refused({ moreWeights: [Buffer.alloc(64)] }, 'weights', /moreWeights\[0\]/);
});

test('a network that is missing is named by the first parse', async () => {
  const parsona = await createParsona({ weights: [readFileSync(join(dist, people.file))] });
  const picture = { width: 4, height: 4, data: new Uint8Array(64) };
  await assert.rejects(parsona.parse(picture), { code: 'no_network' });
  parsona.close();
});

test('a manifest of one\'s own', async () => {
  const folder = assets();
  (await createParsona({ weights: join(folder, 'manifest.json') })).close();
  const write = (value) => writeFileSync(join(folder, 'manifest.json'), typeof value === 'string' ? value : JSON.stringify(value));
  const weights = join(folder, 'manifest.json');
  write('<html>');
  await refused({ weights }, 'asset', /not JSON/);
  write({ version: 2 });
  await refused({ weights }, 'asset', /version 2/);
  write({ version: 1, weights: [{ file: 'x', bytes: 1, sha256: 'abc' }] });
  await refused({ weights }, 'asset', /64 hex/);
  await refused({ weights: join(folder, 'none.json') }, 'network', /404/);
});

test('a server that answers with its own page', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>App</title>');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  await refused({ assetBase: `http://127.0.0.1:${server.address().port}/` }, 'asset', /web page instead/);
  server.close();
});

test('a server that is not there', async () => {
  await refused({ assetBase: 'http://127.0.0.1:9/' }, 'network', /could not be fetched/);
});

test('SHA-256 without the browser\'s help', async () => {
  const { sha256Here } = await inside('sha256.js');
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 24);
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 4999]) {
    const part = bytes.subarray(1, 1 + length);
    assert.equal(Buffer.from(sha256Here(part)).toString('hex'), createHash('sha256').update(part).digest('hex'), `${length} bytes`);
  }
});
