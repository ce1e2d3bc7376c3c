// The package in the hands of a bundler for browsers.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { installed } from './support.mjs';

test('bundles for browsers without a word about Node', async () => {
  const home = join(installed(), '../..');
  writeFileSync(join(home, 'app.js'), "import { createParsona } from 'parsona';\nglobalThis.start = () => createParsona();\n");
  const { errors, warnings, outputFiles } = await build({
    entryPoints: [join(home, 'app.js')], bundle: true, splitting: true, format: 'esm', platform: 'browser', outdir: join(home, 'out'),
    write: false, logLevel: 'silent', external: ['module', 'worker_threads'],
  });
  assert.deepEqual([errors, warnings], [[], []]);
  const entry = outputFiles.find(({ path }) => path.endsWith('app.js')).text;
  assert.match(entry, /new URL\("\.\/worker\.js", import\.meta\.url\)/, 'the worker\'s address stays literal');
  assert.ok(outputFiles.length > 1, 'the glue is a chunk of its own');
  for (const { text } of outputFiles) assert.doesNotMatch(text, /from ?["']node:/);
});
