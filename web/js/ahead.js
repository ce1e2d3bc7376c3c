// What the first avatar waits for, done while nothing else is: once a photo is shown, its first person is read.

const idle = () => new Promise((resolve) => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve, { timeout: 3000 });
  else setTimeout(resolve, 1000);
});

/** Reads the first person's traits, with the face network if this browser keeps it from an earlier avatar: nothing is
 * fetched for people who may never ask for one. A scene keeps its traits. */
export async function readAhead(parsona, scene) {
  const [first] = scene.persons;
  if (!first) return;
  const kept = await parsona.cache.list().catch(() => []);
  if (!kept.some(({ file }) => file.endsWith('face_mesh.safetensors'))) return;
  await idle();
  await first.traits().catch(() => {}); // whoever asks again hears why
}
