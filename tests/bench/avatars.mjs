// Milliseconds and bytes of one person's avatars in headless Chromium, after the parse: the site must be built.
//   node tests/bench/avatars.mjs [--threads 1] [--runs 6] [--photo FILE]
import { readFileSync } from 'node:fs';
import { launch, photo, serve } from '../browser/support.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const file = option('photo', photo);
if (!file) throw new Error('no photo at hand');
const given = {
  bytes: readFileSync(file).toString('base64'), threads: Number(option('threads', 1)), runs: Number(option('runs', 6)),
};

/** In the page. The first avatar of each kind measures what the later ones find: it is told apart. */
async function timed({ bytes, threads, runs }) {
  const { createParsona } = await import('/parsona/index.js');
  const parsona = await createParsona({ threads });
  const scene = await parsona.parse(new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]));
  const [person] = scene.persons;
  const rows = [];
  const asked = performance.now();
  await parsona.prepareAvatars('2d');
  await parsona.prepareAvatars('3d');
  const prepared = performance.now() - asked;
  const row = async (name, make, size) => {
    const times = [];
    let made;
    for (let k = 0; k <= runs; k++) {
      const begun = performance.now();
      made = await make();
      times.push(performance.now() - begun);
    }
    const [first, ...later] = times;
    later.sort((a, b) => a - b);
    rows.push({ name, first, best: later[0], median: later[later.length >> 1], bytes: size(made) });
  };
  for (const { name } of parsona.styles())
    await row(name, () => person.avatar2d({ style: name }), ({ svg }) => svg.length);
  for (const format of ['glb', 'vrm'])
    await row(format, () => person.avatar3d({ format }), (made) => made.byteLength ?? made.size);
  parsona.close();
  return { prepared, rows };
}

const browser = await launch(), site = await serve();
const page = await browser.newPage();
await page.goto(`${site.url}parsona/manifest.json`);
const { prepared, rows } = await page.evaluate(timed, given);
console.log(`what avatars need is fetched and loaded in ${prepared.toFixed(0)} ms (prepareAvatars)`);
for (const { name, first, best, median, bytes } of rows)
  console.log(`${name.padEnd(12)} first ${first.toFixed(0).padStart(5)} ms   then best ${best.toFixed(0).padStart(4)}, median ${median.toFixed(0).padStart(4)} ms   `
    + `${(bytes / 1000).toFixed(0).padStart(5)} KB`);
await browser.close();
site.close();
