// Puts the npm package together in dist/, beside what tsc wrote there: modules from build/wasm-VARIANT, weights from
// build/weights, and the list of both with their hashes.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const variants = ['simd', 'simd-mt', 'relaxed', 'relaxed-mt'];

function need(path, how) {
  if (existsSync(path)) return path;
  console.error(`parsona: ${path} is missing: ${how}`);
  process.exit(1);
}

function put(from, to) {
  mkdirSync(dirname(join(dist, to)), { recursive: true });
  copyFileSync(from, join(dist, to));
  const bytes = readFileSync(from);
  return { file: to, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function replaceOnce(glue, old, replacement) {
  const parts = glue.split(old);
  if (parts.length !== 2) throw new Error(`the glue has ${old} ${parts.length - 1} times, not once`);
  return parts.join(replacement);
}

/** The glue imports modules of Node's where it runs in Node: bundlers for browsers would look for them, too. They want to
 * read a worker's options where it is made, some know no await outside of functions, and webpack names a worker's chunk by its name, which is that of all threads. */
function forBundlers(glue, variant) {
  const ignored = '/* webpackIgnore: true */ /* @vite-ignore */';
  const plain = replaceOnce(glue, 'import("module")', `import(${ignored} "module")`);
  if (!variant.endsWith('-mt')) return plain;
  const [options] = plain.match(/\{type:"module",workerData:[^}]*\}/);
  const found = replaceOnce(plain, "if (isNode) isPthread = (await import('worker_threads')).workerData === 'em-pthread';",
    `if (isNode) import(${ignored} 'worker_threads').then(({ workerData }) => workerData === 'em-pthread' && Module());`);
  return replaceOnce(replaceOnce(found, ',workerOptions)', `,${options})`),
    'new Worker(new URL', `new Worker(/* webpackChunkName: "parsona-${variant}-thread" */ new URL`);
}

const modules = {};
for (const variant of variants) {
  const built = join(root, `build/wasm-${variant}/parsona-${variant}`);
  modules[variant] = put(need(`${built}.wasm`, './dev package'), `parsona-${variant}.wasm`);
  writeFileSync(join(dist, `parsona-${variant}.js`), forBundlers(readFileSync(`${built}.js`, 'utf8'), variant));
}
modules.stitch = put(need(join(root, 'build/wasm-simd/stitch.wasm'), './dev package'), 'stitch.wasm');

// What is never loaded by itself stays out of the package.
const built = JSON.parse(readFileSync(need(join(root, 'build/weights/manifest.json'), './dev weights')));
const weights = built.filter((entry) => entry.load).map(({ file, role, name, license, source, sha256, load }) => {
  const copied = put(join(root, 'build/weights', file), `weights/${file}`);
  if (copied.sha256 !== sha256) throw new Error(`${file} is not what build/weights/manifest.json says`);
  return { ...copied, role, name, license, source, load };
});
for (const role of ['people', 'pose'])
  if (!weights.some((entry) => entry.role === role)) throw new Error(`build/weights/manifest.json names no network for "${role}"`);

const manifest = { version: 1, modules, weights };
writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
const urls = [...Object.values(modules), ...weights]
  .map(({ file }) => `  '${file}': new URL('./${file}', import.meta.url).href,\n`);
writeFileSync(join(dist, 'assets.js'), `// Written by wasm/package.mjs.
export const manifest = ${JSON.stringify(manifest, null, 2)};
export const urls = {
${urls.join('')}};
`);
copyFileSync(join(root, 'wasm/js/assets.d.ts'), join(dist, 'assets.d.ts'));

const kilobytes = (entry) => `${(entry.bytes / 1024).toFixed(0)} KiB`;
for (const entry of [...Object.values(modules), ...weights]) console.log(`${entry.file}: ${kilobytes(entry)}`);
