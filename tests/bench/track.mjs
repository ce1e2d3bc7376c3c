// Frames a second of the tracker in headless Chromium, with one and two threads: the site must be built.
//   node tests/bench/track.mjs [--seconds 10]
import { launch, open, photo, serve } from '../browser/support.mjs';
import { readFileSync } from 'node:fs';

const at = process.argv.indexOf('--seconds');
const seconds = at < 0 ? 10 : Number(process.argv[at + 1]);
if (!photo) throw new Error('no photo at hand');
const site = await serve();
const browser = await launch();
const { page } = await open(browser, site.url);

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

try {
  for (const threads of [1, 2]) {
    const { variant, threads: used, best, median, frames, lost } = await page.evaluate(measure,
      { base64: readFileSync(photo).toString('base64'), threads, seconds });
    console.log(`${used} thread${used > 1 ? 's' : ''} (${variant}): median ${median.toFixed(1)} ms, ${(1000 / median).toFixed(1)} frames/s; `
      + `best ${best.toFixed(1)} ms, ${(1000 / best).toFixed(1)} frames/s; ${frames} frames, ${lost} searched`);
  }
} finally {
  await browser.close();
  site.close();
}
