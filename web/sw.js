// Service worker: the page without a network, and POST /api/parse without a server.
// FILES and VERSION are written by build.mjs; VERSION changes when any file does.
const VERSION = 'dev';
const FILES = [];

const STORE = `parsona-site-${VERSION}`;
const scope = new URL('./', self.location);

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

async function install() {
  const store = await caches.open(STORE);
  await store.addAll(FILES.map((file) => new URL(file, scope).href));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys())
    if (name.startsWith('parsona-site-') && name !== STORE) await caches.delete(name);
  await self.clients.claim();
}

// The page says which of the modules it uses: the others need not be stored.
self.addEventListener('message', (event) => {
  if (event.data?.type !== 'keep') return;
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    const missing = [];
    for (const file of event.data.files) {
      const url = new URL(file, scope).href;
      if (!await store.match(url)) missing.push(url);
    }
    await store.addAll(missing).catch(() => {});
    event.ports[0]?.postMessage('kept');
  })());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.origin) return;
  if (url.href === new URL('api/parse', scope).href) event.respondWith(api(request));
  else if (request.method === 'GET') event.respondWith(request.mode === 'navigate' ? navigate(request) : fromStore(request));
});

async function fromStore(request) {
  const store = await caches.open(STORE);
  return await store.match(request, { ignoreSearch: true }) ?? fetch(request);
}

/** The network first, so that a new version shows up; the stored page without one. */
async function navigate(request) {
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const store = await caches.open(STORE);
    response = await store.match(new URL('index.html', scope).href);
    if (!response) throw error;
  }
  return isolated(response);
}

/** Threads need these headers; a server that cannot send them is helped out from the second visit on. */
function isolated(response) {
  if (response.headers.has('Cross-Origin-Opener-Policy') || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

// ---------------------------------------------------------------- /api/parse
const json = (status, body) => new Response(JSON.stringify(body), {
  status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
});
const refuse = (status, code, message) => json(status, { error: { code, message } });

const STATUS = { argument: 400, image: 415, too_large: 413, memory: 507 };

async function api(request) {
  if (request.method !== 'POST') return refuse(405, 'argument', 'POST a form with a field "image"');
  let image;
  try {
    image = (await request.formData()).get('image');
  } catch {
    return refuse(400, 'argument', 'the body is not a form');
  }
  if (!(image instanceof Blob)) return refuse(400, 'argument', 'the form has no file in the field "image"');
  const pages = await self.clients.matchAll({ type: 'window' });
  if (!pages.length) return refuse(503, 'unsupported', 'no page of Parsona is open: it does the computing');
  const page = pages.find((client) => client.focused) ?? pages[0];
  const answer = await ask(page, { type: 'parse', image });
  if (answer.error) return refuse(STATUS[answer.error.code] ?? 500, answer.error.code, answer.error.message);
  return json(200, answer.body);
}

function ask(page, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    page.postMessage(message, [port2]);
  });
}
