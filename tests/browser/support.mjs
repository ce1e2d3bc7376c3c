// What the browser tests share: the built site on a server of its own, and a browser that is watched.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createSite } from '../../web/serve.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A photo of one person, large in the picture. */
export const photo = [
  join(process.env.PARSONA_DATA ?? join(root, '../shared/data'), 'photos/000_person-vlado5.jpg'),
  '/usr/lib/python3/dist-packages/skimage/data/astronaut.png',
].find((path) => existsSync(path));

export async function serve(options = {}) {
  const server = createSite({ root: join(root, 'build/site'), ...options });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => { server.closeAllConnections(); server.close(); } };
}

export const launch = (...more) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--no-first-run', ...more],
});

/** A file for Chromium's fake camera, YUV4MPEG2 of 640 x 480 at 15 Hz: the photo, swaying by 18 degrees to both sides within
 * two seconds, then nobody for one. */
export function cameraFile(path) {
  execFileSync('/usr/bin/python3', ['-c', `
import math, sys
from PIL import Image
photo = Image.open(sys.argv[1]).convert('RGB')
photo = photo.resize((photo.width * 460 // photo.height, 460))
with open(sys.argv[2], 'wb') as file:
    file.write(b'YUV4MPEG2 W640 H480 F15:1 Ip A1:1 C420jpeg\\n')
    for i in range(45):
        frame = Image.new('RGB', (640, 480), (128, 128, 128))
        if i < 30:
            frame.paste(photo, ((640 - photo.width) // 2, 20))
            frame = frame.rotate(18 * math.sin(2 * math.pi * i / 30), Image.BICUBIC, fillcolor=(128, 128, 128))
        y, u, v = frame.convert('YCbCr').split()
        file.write(b'FRAME\\n' + y.tobytes() + b''.join(c.resize((320, 240), Image.BOX).tobytes() for c in (u, v)))
`, photo, path]);
}

/** A page whose complaints and requests are written down; `browser` may be a persistent context. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems = [], requests = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('crash', () => problems.push('the page crashed'));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
  });
  context.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) requests.push(`${request.method()} ${request.url()}`);
  });
  await page.goto(url);
  return { context, page, problems, requests };
}

/** Waits until nothing more is loaded. */
export const ready = (page) => page.waitForSelector('html[data-ready]', { state: 'attached', timeout: 180_000 });

/** The pixels of a canvas of the page, seen through a copy: the page's own canvas stays as the page wants it. */
export const pixelsOf = (page, selector) => page.evaluate((which) => {
  const canvas = document.querySelector(which);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let opaque = 0, drawn = 0;
  for (let i = 3; i < data.length; i += 4) {
    opaque += data[i] > 127;
    drawn += data[i] > 0;
  }
  return { opaque, drawn, share: opaque / (canvas.width * canvas.height), corner: data[3] };
}, selector);

/** Gives the page a file as a drop does. */
export async function drop(page, bytes, name, type) {
  const transfer = await page.evaluateHandle(([base64, fileName, fileType]) => {
    const data = new DataTransfer();
    const array = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    data.items.add(new File([array], fileName, { type: fileType }));
    return data;
  }, [bytes.toString('base64'), name, type]);
  for (const event of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('main', event, { dataTransfer: transfer });
}

/** The panel's headline once there is one. */
export async function summary(page) {
  await page.waitForSelector('#summary', { timeout: 240_000 });
  return page.textContent('#summary');
}
