// Puts the static site together in build/site: this folder, the package, and the libraries that the page uses.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const web = dirname(fileURLToPath(import.meta.url));
const root = join(web, '..');
const site = join(root, 'build/site');

rmSync(site, { recursive: true, force: true });
mkdirSync(join(site, 'vendor'), { recursive: true });
cpSync(web, site, { recursive: true, filter: (path) => !path.endsWith('.mjs') });
cpSync(join(root, 'dist'), join(site, 'parsona'), {
  recursive: true, filter: (path) => !path.endsWith('.d.ts') && !/node\.js$/.test(path),
});
cpSync(join(root, 'node_modules/fflate/esm/browser.js'), join(site, 'vendor/fflate.js'));
cpSync(join(root, 'node_modules/fflate/LICENSE'), join(site, 'vendor/fflate.LICENSE'));

// The figure's viewer with three.js, as one file that is loaded with the first figure.
await build({
  entryPoints: [join(web, 'figure/viewer.mjs')], outfile: join(site, 'vendor/figure.js'), bundle: true, format: 'esm', minify: true,
  target: 'es2022', legalComments: 'linked', logLevel: 'warning',
});
for (const name of ['three', '@pixiv/three-vrm'])
  cpSync(join(root, 'node_modules', name, 'LICENSE'), join(site, `vendor/${name.replace(/.*\//, '')}.LICENSE`));

// What the service worker stores: everything but the modules, of which the page uses one, what comes
// with the first figure, and the weights, which the package keeps by itself.
const all = readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => relative(site, join(entry.parentPath ?? entry.path, entry.name))).sort();
const files = all.filter((file) => !/^sw\.js$|^parsona\/weights\/|^parsona\/parsona-|^vendor\/figure\.js|LICENSE/.test(file));
const hash = createHash('sha256');
for (const file of all) hash.update(file).update(readFileSync(join(site, file)));
const worker = readFileSync(join(site, 'sw.js'), 'utf8')
  .replace("const VERSION = 'dev';", `const VERSION = '${hash.digest('hex').slice(0, 16)}';`)
  .replace('const FILES = [];', `const FILES = ${JSON.stringify(files, null, 2)};`);
writeFileSync(join(site, 'sw.js'), worker);

// Compressed once: what servers then send as it is. Seconds of work, hence kept by the content's hash.
const kept = join(root, 'build/brotli');
mkdirSync(kept, { recursive: true });
for (const file of all) {
  if (!/\.(html|css|js|json|webmanifest|svg|wasm|safetensors|bin)$/.test(file)) continue;
  const bytes = readFileSync(join(site, file));
  const store = join(kept, createHash('sha256').update(bytes).digest('hex'));
  if (!existsSync(store)) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(store, brotliCompressSync(bytes, { params }));
  }
  if (statSync(store).size < bytes.length) cpSync(store, join(site, `${file}.br`));
}
console.log(`build/site: ${all.length} files`);
