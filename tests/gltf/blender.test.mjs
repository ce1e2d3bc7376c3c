// Blender's importer understands an avatar, and Blender renders it. Debian's package `blender` is large and not installed
// by ./dev: without it this is skipped.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const made = join(here, '../../build/native/avatars');
const installed = !spawnSync('blender', ['--version'], { stdio: 'ignore' }).error;
if (!installed) console.log('skipped: no Blender');
const scratch = mkdtempSync(join(tmpdir(), 'parsona-blender-'));
after(() => rmSync(scratch, { recursive: true }));

/** The pixels of an 8-bit RGBA PNG without interlacing. */
function pixelsOf(png) {
  let at = 8, width, height;
  const parts = [];
  while (at < png.length) {
    const size = png.readUInt32BE(at), kind = png.toString('latin1', at + 4, at + 8), body = png.subarray(at + 8, at + 8 + size);
    if (kind === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      assert.deepEqual([...body.subarray(8, 13)], [8, 6, 0, 0, 0]);
    }
    if (kind === 'IDAT') parts.push(body);
    at += 12 + size;
  }
  const raw = inflateSync(Buffer.concat(parts)), row = 4 * width, out = Buffer.alloc(row * height);
  const paeth = (a, b, c) => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < row; x++) {
      const a = x >= 4 ? out[y * row + x - 4] : 0, b = y ? out[(y - 1) * row + x] : 0;
      const c = x >= 4 && y ? out[(y - 1) * row + x - 4] : 0;
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][raw[y * (row + 1)]];
      out[y * row + x] = raw[y * (row + 1) + 1 + x] + guess;
    }
  return { width, height, out };
}

const jsonOf = (glb) => JSON.parse(glb.toString('utf8', 20, 20 + glb.readUInt32LE(12)));

for (const name of ['photo.glb', 'skirt.glb'])
  test(`${name} in Blender`, { skip: !installed && 'no Blender' }, () => {
    const file = join(made, name);
    assert.ok(existsSync(file), `run the unit tests first: ${made}`);
    const [report, picture] = [join(scratch, `${name}.json`), join(scratch, `${name}.png`)];
    const log = execFileSync('blender', ['--background', '--factory-startup', '--threads', '1', '--python-exit-code', '1',
      '--python', join(here, 'blender_import.py'), '--', file, report, picture], { encoding: 'utf8', stdio: 'pipe' });
    assert.ok(existsSync(report), log);
    const facts = JSON.parse(readFileSync(report, 'utf8')), json = jsonOf(readFileSync(file));
    assert.equal(facts.armatures, 1);
    assert.equal(facts.meshes, 1);
    // the skeleton: every joint, each below its parent
    const joints = json.skins[0].joints.map((j) => json.nodes[j]);
    assert.deepEqual(Object.keys(facts.bones).sort(), joints.map((n) => n.name).sort());
    for (const node of joints)
      for (const child of node.children ?? [])
        assert.equal(facts.bones[json.nodes[child].name], node.name);
    // the mesh: no vertex lost its weights, no triangle is missing
    const primitive = json.meshes[0].primitives[0];
    assert.equal(facts.triangles, json.accessors[primitive.indices].count / 3);
    assert.equal(facts.unweighted, 0);
    assert.deepEqual(facts.shapes.slice(1), json.meshes[0].extras.targetNames);
    assert.equal(facts.materials, 1);
    assert.deepEqual(facts.images, [[1024, 1024]]);
    // upright on the ground, of a person's size
    assert.ok(Math.abs(facts.low[2]) < 0.012, `the lowest point is at ${facts.low[2]}`);
    assert.ok(facts.high[2] > 1 && facts.high[2] < 2.2, `${facts.high[2]} m tall`);
    // walking and waving move hands and feet; idling hardly
    const moves = Object.fromEntries(Object.entries(facts.moves).map(([k, v]) => [/^[a-z]+/.exec(k)[0], v]));
    assert.deepEqual(Object.keys(moves).sort(), ['idle', 'walk', 'wave']);
    assert.ok(moves.walk > 0.2 && moves.wave > 0.1 && moves.idle > 0.0005 && moves.idle < moves.walk, JSON.stringify(moves));
    // a T-pose with the shirt's red on the chest
    const { width, height, out } = pixelsOf(readFileSync(picture));
    let inside = 0, red = 0;
    for (let i = 0; i < width * height; i++) {
      if (out[4 * i + 3] < 128) continue;
      inside++;
      red += out[4 * i] > 1.8 * out[4 * i + 1] && out[4 * i] > 70;
    }
    assert.ok(inside > 0.06 * width * height && inside < 0.5 * width * height, `${inside} pixels`);
    assert.ok(red > 0.15 * inside && red < 0.8 * inside, `${red} red of ${inside}`);
  });
