// A small static server for the page, with the headers that threads need. A file FILE.br beside FILE, as web/build.mjs
// writes them, is sent in its place to who takes brotli.
//   node web/serve.mjs [--root build/site] [--port 8080] [--host localhost] [--no-isolation]
import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.safetensors': 'application/octet-stream',
};
const CSP = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:";

/** The file's compressed twin, unless it is older. */
async function twin(path, { mtimeMs }) {
  const found = await stat(`${path}.br`).catch(() => null);
  return found?.isFile() && found.mtimeMs >= mtimeMs ? found : null;
}

/** A server, not yet listening. */
export function createSite({ root, isolation = true }) {
  const base = resolve(root);
  return createServer(async (request, response) => {
    const headers = {
      'Content-Security-Policy': CSP,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
      ...(isolation && {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
        'Cross-Origin-Resource-Policy': 'same-origin',
      }),
    };
    const answer = (status, text) => response.writeHead(status, { ...headers, 'Content-Type': 'text/plain' }).end(`${text}\n`);
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'GET only');
      const { pathname } = new URL(request.url, 'http://localhost');
      const path = join(base, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
      if (path !== base && !path.startsWith(base + sep)) return answer(403, 'no');
      const file = await stat(path).catch(() => null);
      if (!file?.isFile()) return answer(404, 'not found');
      const tag = `"${file.size.toString(36)}-${Math.round(file.mtimeMs).toString(36)}"`;
      headers.ETag = tag;
      headers['Content-Type'] = TYPES[extname(path)] ?? 'application/octet-stream';
      if (request.headers['if-none-match'] === tag) return response.writeHead(304, headers).end();
      const small = /\bbr\b/.test(request.headers['accept-encoding'] ?? '') ? await twin(path, file) : null;
      if (small) headers['Content-Encoding'] = 'br';
      headers['Content-Length'] = (small ?? file).size;
      headers.Vary = 'Accept-Encoding';
      response.writeHead(200, headers);
      if (request.method === 'HEAD') return response.end();
      createReadStream(small ? `${path}.br` : path).on('error', () => response.destroy()).pipe(response);
    } catch (error) {
      if (response.headersSent) response.destroy(); else answer(error instanceof URIError ? 400 : 500, error.message);
    }
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : process.argv[at + 1];
  };
  const root = option('root', new URL('../build/site', import.meta.url).pathname);
  const host = option('host', 'localhost');
  const site = createSite({ root, isolation: !process.argv.includes('--no-isolation') });
  site.on('error', (error) => {
    console.error(`parsona: ${error.message}`);
    process.exit(1);
  });
  site.listen(Number(option('port', 8080)), host, () =>
    console.log(`parsona: http://${host}:${site.address().port}/   (Ctrl C ends it)`));
}
