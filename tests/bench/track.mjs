// Frames a second of the tracker in headless Chromium, with one and two threads: the site must be built.
//   node tests/bench/track.mjs [--seconds 10] [--beside FOLDER]
// With another built site in FOLDER the two take turns, three times, and the ratio of their best times is told.
import { launch, open, photo, serve } from '../browser/support.mjs';
import { readFileSync } from 'node:fs';

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const seconds = Number(option('--seconds') ?? 10);
const beside = option('--beside');
if (!photo) throw new Error('no photo at hand');
const sites = [await serve(), ...(beside ? [await serve({ root: beside })] : [])];
const browser = await launch();
const pages = [];
for (const { url } of sites) pages.push((await open(browser, url)).page);

/** The photo on 640 x 480, swaying as a person does; times of the frames that followed the first. */
const measure = ({ base64, threads, seconds: span }) => (async () => {
  const { createParsona } = await import('/parsona/index.js');
  const parsona = await createParsona({ threads });
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
  const canvas = new OffscreenCanvas(640, 480), context = canvas.getContext('2d');
  const width = picture.width * 460 / picture.height;
  const tracker = await parsona.tracker({ mirror: true });
  const times = [];
  let lost = 0;
  for (let i = 0, start = performance.now(); performance.now() - start < 1000 * span || i < 5; i++) {
    context.setTransform(1, 0, 0, 1, 320 + 20 * Math.sin(i / 5), 240);
    context.fillStyle = 'grey';
    context.fillRect(-400, -300, 800, 600);
    context.drawImage(picture, -width / 2, -220, width, 460);
    const { found, searched, milliseconds } = await tracker.track(canvas);
    if (i && found && !searched) times.push(milliseconds);
    lost += i && (searched || !found);
  }
  const can = await parsona.capabilities();
  parsona.close();
  times.sort((a, b) => a - b);
  return { variant: can.variant, threads: can.threads, best: times[0], median: times[times.length >> 1], frames: times.length, lost };
})();

const base64 = readFileSync(photo).toString('base64');
try {
  for (const threads of [1, 2]) {
    const best = sites.map(() => Infinity);
    for (let round = 0; round < (beside ? 3 : 1); round++)
      for (const [i, page] of pages.entries()) {
        const got = await page.evaluate(measure, { base64, threads, seconds });
        best[i] = Math.min(best[i], got.best);
        console.log(`${i ? 'beside: ' : ''}${got.threads} thread${got.threads > 1 ? 's' : ''} (${got.variant}): `
          + `median ${got.median.toFixed(1)} ms, ${(1000 / got.median).toFixed(1)} frames/s; best ${got.best.toFixed(1)} ms, `
          + `${(1000 / got.best).toFixed(1)} frames/s; ${got.frames} frames, ${got.lost} searched`);
      }
    if (beside) console.log(`${threads} asked for: best ${best[0].toFixed(1)} ms beside ${best[1].toFixed(1)}, ${(best[0] / best[1]).toFixed(2)}`);
  }
} finally {
  await browser.close();
  for (const site of sites) site.close();
}
