// Offline use, and the HTTP interface without a server: the service worker hands POST /api/parse to this page.
import { engine } from './engine.js';

/** Registers the service worker; resolves when it has stored what the page needs. */
export async function initService() {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('message', ({ data, ports: [port] }) => {
    if (data?.type === 'parse') void answer(data.image, port);
  });
  navigator.serviceWorker.startMessages();
  try {
    await navigator.serviceWorker.register('sw.js');
    const { active } = await navigator.serviceWorker.ready;
    const { variant } = await (await engine()).capabilities();
    await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      active.postMessage({ type: 'keep', files: [`parsona/parsona-${variant}.js`, `parsona/parsona-${variant}.wasm`] }, [port2]);
    });
  } catch (error) {
    console.info(`Parsona: not available offline (${error.message})`);
  }
}

async function answer(image, port) {
  try {
    port.postMessage({ body: await parse(image) });
  } catch (error) {
    port.postMessage({ error: { code: error.code ?? 'internal', message: error.message } });
  }
}

/** masks[i], a binary PNG, shows labels[i] of person persons[i]. */
async function parse(image) {
  const parsona = await engine();
  const scene = await parsona.parse(image);
  const { width, height } = scene;
  const url = async (pixels) => dataURL(await parsona.encodePNG(pixels));
  const body = { colored_mask: await url(scene.map()), masks: [], labels: [], persons: [], num_persons: scene.persons.length };
  for (const person of scene.persons)
    for (const label of person.labels) {
      const { data } = scene.mask({ person: person.id, label });
      body.masks.push(await url({ data, width, height }));
      body.labels.push(label);
      body.persons.push(person.id);
    }
  return body;
}

const dataURL = (png) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(new Blob([png], { type: 'image/png' }));
});
