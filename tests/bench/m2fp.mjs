// M2FP in WebAssembly, alone: time and memory of parses of photos of noise, one after the other. Works on a module of
// build/wasm-*.
//
//   node --experimental-wasm-relaxed-simd tests/bench/m2fp.mjs WEIGHTS [WIDTHxHEIGHT,...] [VARIANT] [THREADS]
//
// The default size, 1920x1066, makes the network's input 640 x 1152 pixels.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const [path, size = '1920x1066', variant = 'relaxed-mt', threads = '1'] = process.argv.slice(2);
const folder = new URL(`../../build/wasm-${variant}/`, import.meta.url);
const { default: make } = await import(new URL(`parsona-${variant}.js`, folder));
const wasmMemory = new WebAssembly.Memory({
  initial: 256, maximum: 32768, shared: variant.endsWith('-mt'),
});
const c = await make({
  wasmMemory, wasmBinary: await readFile(new URL(`parsona-${variant}.wasm`, folder)),
  mainScriptUrlOrBlob: pathToFileURL(new URL(`parsona-${variant}.js`, folder).pathname), parsonaProgress: () => true,
  parsonaThreads: Number(threads),
});

const view = () => new DataView(wasmMemory.buffer);
const out = c._malloc(8);
const text = (at) => {
  const bytes = new Uint8Array(wasmMemory.buffer).slice(at);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
};
let context = 0;
const check = (status) => {
  if (status) throw new Error(context ? text(c._pa_context_message(context)) : `status ${status}`);
  return view().getUint32(out, true);
};
const withBytes = (bytes, use) => {
  const block = c._malloc(bytes.length);
  new Uint8Array(wasmMemory.buffer).set(bytes, block);
  try { return use(block); } finally { c._free(block); }
};
const megabytes = (n) => `${(n / 1e6).toFixed(0)} MB`;

context = check(c._pa_js_context_create(Number(threads), false, out));
const weights = await readFile(path);
withBytes(weights, (p) => check(c._pa_context_load(context, p, weights.length)));
for (const photo of size.split(',')) {
  const [width, height] = photo.split('x').map(Number);
  const pixels = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 2654435761) >>> 24);
  const image = withBytes(pixels, (p) => check(c._pa_image_from_rgba(context, p, width, height, 0, out)));
  const before = performance.now();
  const cpu = process.cpuUsage();
  const job = check(c._pa_js_parse_begin(context, image, 64, 0.5, out));
  let scene = 0;
  while (!scene) scene = check(c._pa_parse_step(job, out));
  c._pa_parse_end(job);
  const { user } = process.cpuUsage(cpu);
  console.log(`parse: ${((performance.now() - before) / 1e3).toFixed(1)} s, ` +
    `${(user / 1e6).toFixed(1)} s of processor time`);
  c._pa_scene_destroy(scene);
  c._pa_image_destroy(image);
  console.log(`${photo}, ${variant}, ${threads} thread(s): at most ${megabytes(c._pa_mem_peak())} held, ` +
    `memory of ${megabytes(wasmMemory.buffer.byteLength)}`);
}
process.exit(0);
