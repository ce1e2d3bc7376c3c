// The first screen: a photo is chosen, dropped, pasted or taken.
import { openCamera } from './camera.js';
import { $ } from './dom.js';
import { engine, onEngine } from './engine.js';

/** `onPhoto(file)` hears of every photo that comes. */
export function initStart(onPhoto) {
  for (const id of ['file', 'capture'])
    $(id).addEventListener('change', ({ target }) => {
      const [file] = target.files;
      target.value = ''; // the same file may be chosen again
      if (file) onPhoto(file);
    });
  $('camera').addEventListener('click', () => takePhoto(onPhoto));
  initDrop(onPhoto);
  document.addEventListener('paste', (event) => {
    const file = imageOf(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    onPhoto(file);
  });
  initLoading();
  initSample();
}

/** A phone's own camera is better than any page's; elsewhere there is the dialog. */
async function takePhoto(onPhoto) {
  const phone = matchMedia('(pointer: coarse)').matches;
  if (phone || !navigator.mediaDevices?.getUserMedia) return $('capture').click();
  const photo = await openCamera();
  if (photo) onPhoto(photo);
}

const imageOf = (data) => [...data?.files ?? []].find((file) => file.type.startsWith('image/') || !file.type);

function initDrop(onPhoto) {
  const carriesFile = (event) => [...event.dataTransfer?.types ?? []].includes('Files');
  let depth = 0; // enter and leave come for every element on the way
  const show = () => {
    $('veil').classList.toggle('on', depth > 0);
    $('drop').classList.toggle('over', depth > 0);
  };
  addEventListener('dragenter', (event) => {
    if (!carriesFile(event)) return;
    depth++;
    show();
  });
  addEventListener('dragleave', (event) => {
    if (!carriesFile(event)) return;
    depth = Math.max(0, depth - 1);
    show();
  });
  addEventListener('dragover', (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('drop', (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    depth = 0;
    show();
    const file = imageOf(event.dataTransfer) ?? event.dataTransfer.files[0];
    if (file) onPhoto(file);
  });
}

function initLoading() {
  onEngine(({ text, part, state }) => {
    $('loading-bar').value = part;
    $('loading-text').textContent = state === 'failed' ? `${text} ` : text;
    $('loading').classList.toggle('done', state === 'ready');
    $('loading').classList.toggle('bad', state === 'failed');
    if (state === 'failed') {
      const again = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: 'Try again' });
      again.addEventListener('click', () => engine().catch(() => {}));
      $('loading-text').append(again);
    }
  });
}

/** The illustration's divider follows the pointer. */
function initSample() {
  const sample = $('sample');
  sample.addEventListener('pointermove', (event) => {
    const box = sample.getBoundingClientRect();
    sample.classList.add('held');
    sample.style.setProperty('--cut', `${(100 * (event.clientX - box.left) / box.width).toFixed(1)}%`);
  });
}
