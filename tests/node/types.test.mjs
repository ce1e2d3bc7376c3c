// The package's types, as a user's compiler sees them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installed, root } from './support.mjs';

const user = `
import { createParsona, ParsonaError, type Scene, type Progress } from 'parsona';
const log = (p: Progress) => p.phase === 'download' ? p.loaded / p.total : p.done / p.total;
export async function run(photo: Blob, signal: AbortSignal): Promise<Scene> {
  const parsona = await createParsona({ threads: 'auto', signal, onProgress: log });
  try {
    const scene = await parsona.parse(photo, { signal, maxPersons: 4 });
    const area: number | undefined = scene.persons[0]?.masks['hair']?.area;
    const image: ImageData = scene.map({ palette: 'parsona', layers: ['hair'], alpha: 0.5, tint: area ? 1 : 0 });
    using tracker = await parsona.tracker({ mirror: true });
    const tracked = await tracker.track(image, { seconds: 1, signal });
    const turn: [number, number, number, number] | undefined = tracked?.bones['head'];
    console.log(turn, tracked?.expressions['blinkLeft'], tracked?.landmarks[0]?.world[2]);
    console.log(image.width, scene.labelAt(1, 2)?.label, (await parsona.capabilities()).notes[0]?.text);
    return scene;
  } catch (error) {
    if (error instanceof ParsonaError && error.code === 'image') throw new Error(error.message);
    throw error;
  } finally { parsona.close(); }
}
// @ts-expect-error no such option
createParsona({ thread: 2 });
`;

for (const [module, resolution] of [['NodeNext', 'NodeNext'], ['ESNext', 'Bundler']])
  test(`compiles with module resolution ${resolution}`, () => {
    const home = join(installed(), '../..');
    const file = join(home, `user-${resolution}.ts`);
    writeFileSync(file, user);
    const config = join(home, `tsconfig-${resolution}.json`);
    writeFileSync(config, JSON.stringify({
      files: [file],
      compilerOptions: {
        noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: 'ES2022',
        lib: ['ES2022', 'DOM', 'ESNext.Disposable'], types: [], module, moduleResolution: resolution,
      },
    }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    assert.doesNotThrow(() => execFileSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' }));
  });
