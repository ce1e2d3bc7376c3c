// Which networks are loaded, and under which terms: the package's own, and a made-up M2FP-Lite beside them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { entry, inside, installed } from './support.mjs';

const { createParsona } = await entry();
const { termsOf } = await inside('terms.js');
const dist = join(installed(), 'dist');
const packaged = JSON.parse(readFileSync(join(dist, 'manifest.json')));
const roleOf = (role) => packaged.weights.find((w) => w.role === role);

const folder = mkdtempSync(join(tmpdir(), 'parsona-'));
const manifest = join(folder, 'manifest.json');
after(() => rmSync(folder, { recursive: true }));

/** A network's file with other words in its header (docs/weights-format.md). */
function renamed(bytes, words) {
  const size = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + size));
  Object.assign(header.__metadata__, words);
  let text = Buffer.from(JSON.stringify(header));
  text = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, bytes.subarray(8 + size)]);
}

before(() => {
  mkdirSync(join(folder, 'weights'));
  const ours = { role: 'parts-lite', name: 'm2fp_lite', license: 'CC-BY-NC-4.0', source: 'weights/cards/m2fp_lite.md' };
  const bytes = renamed(readFileSync(join(dist, roleOf('face-mesh').file)), ours);
  writeFileSync(join(folder, 'weights/m2fp_lite.safetensors'), bytes);
  const weights = ['people', 'pose', 'parts', 'face-mesh'].map((role) => {
    const found = roleOf(role);
    cpSync(join(dist, found.file), join(folder, found.file));
    return { ...found, load: { parts: 'permissive', 'face-mesh': 'avatar' }[role] ?? 'start' };
  });
  weights.push({
    ...ours, file: 'weights/m2fp_lite.safetensors', bytes: bytes.length, load: 'start',
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  writeFileSync(manifest, JSON.stringify({ version: 1, modules: {}, weights }));
});

const rolesOf = (parsona) => parsona.terms.networks.map(({ role }) => role).sort();

test('M2FP-Lite is loaded where there is one, and binds the results', async () => {
  for (const parser of [undefined, 'auto', 'm2fp-lite']) {
    const parsona = await createParsona({ weights: manifest, parser });
    assert.equal(parsona.parser, 'm2fp-lite');
    assert.deepEqual(parsona.parsers, ['m2fp-lite', 'permissive']);
    assert.deepEqual(rolesOf(parsona), ['parts-lite', 'people', 'pose']);
    const { terms } = await parsona.capabilities();
    assert.equal(terms.commercialUse, false);
    assert.match(terms.text, /^Not for commercial use: m2fp_lite \(CC-BY-NC-4\.0\)\.$/);
    assert.deepEqual(terms.networks.map(({ commercialUse }) => commercialUse).sort(), [false, true, true]);
    parsona.close();
  }
});

test('the permissive parser is free of it', async () => {
  const parsona = await createParsona({ weights: manifest, parser: 'permissive' });
  assert.equal(parsona.parser, 'permissive');
  assert.deepEqual(rolesOf(parsona), ['parts', 'people', 'pose']);
  assert.equal(parsona.terms.commercialUse, true);
  assert.match(parsona.terms.text, /Free for any use.*Apache-2\.0/);
  for (const { license, source } of parsona.terms.networks) assert.ok(license === 'Apache-2.0' && source);
  parsona.close();
});

test('what avatars need comes with the first one, its bytes told', async () => {
  const parsona = await createParsona({ weights: manifest, parser: 'permissive' });
  assert.ok(!rolesOf(parsona).includes('face-mesh'));
  const told = [];
  await parsona.prepareAvatars('3d', { onProgress: (p) => told.push(p) });
  assert.ok(told.length && told.every(({ phase }) => phase === 'download'));
  assert.equal(told.at(-1).loaded, roleOf('face-mesh').bytes);
  assert.ok(rolesOf(parsona).includes('face-mesh'));
  told.length = 0;
  await parsona.prepareAvatars('3d', { onProgress: (p) => told.push(p) });
  assert.deepEqual(told, [], 'only once');
  parsona.close();
});

test('an avatar network that is damaged is refused, and the instance lives on', async () => {
  const broken = join(folder, 'broken.json');
  const json = JSON.parse(readFileSync(manifest));
  json.weights.find(({ role }) => role === 'face-mesh').sha256 = '0'.repeat(64);
  writeFileSync(broken, JSON.stringify(json));
  const parsona = await createParsona({ weights: broken, parser: 'permissive' });
  for (let i = 0; i < 2; i++) await assert.rejects(parsona.prepareAvatars(), { code: 'integrity' });
  assert.ok((await parsona.parse({ width: 8, height: 8, data: new Uint8Array(256) })).width === 8);
  await assert.rejects(parsona.prepareAvatars('3d', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  parsona.close();
});

test('a parser that is not there, or unknown', async () => {
  const json = JSON.parse(readFileSync(manifest));
  json.weights = json.weights.filter(({ role }) => role !== 'parts-lite');
  const without = join(folder, 'without.json');
  writeFileSync(without, JSON.stringify(json));
  await assert.rejects(createParsona({ weights: without, parser: 'm2fp-lite' }), { code: 'no_network' });
  await assert.rejects(createParsona({ parser: 'best' }), { code: 'argument' });
});

test('terms of licences that are not known are said to be unknown', () => {
  const network = (license) => ({ role: 'parts', name: 'x', source: 's', bytes: 1, license });
  assert.equal(termsOf([network('Apache-2.0'), network('MIT')]).commercialUse, true);
  assert.equal(termsOf([network('Apache-2.0'), network('LicenseRef-own')]).commercialUse, null);
  assert.equal(termsOf([network('LicenseRef-own'), network('CC-BY-NC-SA-4.0')]).commercialUse, false);
});
