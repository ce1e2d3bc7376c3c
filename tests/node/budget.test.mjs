// The bytes of a first visit without faces: the page, one module and the networks that find people, parts and poses, as the site
// sends them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './support.mjs';

const site = join(root, 'build/site');
const { modules, weights } = JSON.parse(readFileSync(join(site, 'parsona/manifest.json')));

/** What the server sends for `path`: the compressed copy where one is kept. */
const sent = (path) => statSync(path, { throwIfNoEntry: false })?.size;
const bytes = (file) => sent(join(site, `${file}.br`)) ?? sent(join(site, file));
const sum = (files) => files.reduce((total, file) => total + bytes(file), 0);

const listed = (folder, fits) => readdirSync(join(site, folder)).filter((name) => fits.test(name)).map((name) => join(folder, name));

test('a first visit stays under 10 MB', () => {
  const page = [ // more than is asked for: each module's own glue
    ...listed('.', /\.(html|js|svg|webmanifest)$/), ...listed('js', /\.js$/), ...listed('css', /\.css$/),
    ...listed('parsona', /\.js$/)];
  const networks = weights.filter(({ role }) => ['people', 'parts-lite', 'pose'].includes(role)).map(({ file }) => `parsona/${file}`);
  assert.equal(networks.length, 3);
  for (const { file } of Object.values(modules).filter((module) => module !== modules.stitch)) {
    const total = sum([...page, ...networks, `parsona/${file}`]);
    assert.ok(total > 5e6 && total < 10e6, `${file}: ${total} bytes`);
  }
});
