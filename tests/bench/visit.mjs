// The bytes of a first visit, as the site's server sends them to Chromium, and as they are without compression.
//   node tests/bench/visit.mjs
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, open, ready } from '../browser/support.mjs';
import { createSite } from '../../web/serve.mjs';
import { root } from './arena.mjs';

const site = join(root, 'build/site');
const KINDS = [
  ['page and scripts', (path) => !/\.(wasm|safetensors)$/.test(path)],
  ['modules', (path) => path.endsWith('.wasm')],
  ['networks: people, parts, pose', (path) => path.endsWith('.safetensors') && !/face/.test(path)],
  ['networks: faces', (path) => path.endsWith('.safetensors') && /face/.test(path)],
  ['all', () => true],
];

/** Path -> bytes sent, until nothing more is loaded. A file that was asked for twice counts twice. */
async function visit(browser) {
  const sent = new Map();
  const server = createSite({ root: site });
  server.on('request', (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname.replace(/\/$/, '/index.html');
    const { writeHead } = response;
    response.writeHead = (status, headers) => {
      if (status === 200) sent.set(path, (sent.get(path) ?? 0) + headers['Content-Length']);
      return writeHead.call(response, status, headers);
    };
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const { page, context } = await open(browser, `http://127.0.0.1:${server.address().port}/`);
  await ready(page);
  await page.waitForTimeout(2000); // the service worker's copies
  await context.close();
  server.closeAllConnections();
  server.close();
  return sent;
}

export async function firstVisit(browser) {
  const sent = await visit(browser);
  console.log('\nfirst visit, service worker included          MB plain     sent');
  for (const [name, belongs] of KINDS) {
    const paths = [...sent.keys()].filter(belongs);
    const plain = paths.reduce((sum, path) => sum + statSync(join(site, path)).size, 0);
    const bytes = paths.reduce((sum, path) => sum + sent.get(path), 0);
    console.log(`  ${name.padEnd(40)} ${(plain / 1e6).toFixed(2).padStart(10)} ${(bytes / 1e6).toFixed(2).padStart(8)}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const browser = await launch();
  await firstVisit(browser);
  await browser.close();
}
