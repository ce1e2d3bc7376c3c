import { describe } from './about.js';
import { initService } from './api.js';
import { engine, onEngine } from './engine.js';
import { initSettings } from './settings.js';
import { initStart } from './start.js';
import { again, initWork, openPhoto } from './work.js';

initWork();
initStart(openPhoto);
initSettings(async (parsona) => {
  await describe(parsona);
  again();
});

// The networks load at once, unless the visitor asked browsers to save data: then with the first photo.
if (!navigator.connection?.saveData) engine().catch(() => {});

let prepared = false;
onEngine(async ({ state }) => {
  if (state !== 'ready' || prepared) return;
  prepared = true;
  await describe(await engine());
  await initService();
  document.documentElement.dataset.ready = ''; // from here on nothing is fetched
});
