// Files to take along. Everything is made here, at the photo's full size.
import { zipSync } from '../vendor/fflate.js';
import { h, icon } from './dom.js';

const PNG = 'image/png';
const JSON_TYPE = 'application/json';
const json = (value) => new Blob([JSON.stringify(value, null, 2)], { type: JSON_TYPE });
const png = (bytes) => new Blob([bytes], { type: PNG });

/** The section. `context`: { parsona, scene, name (of the photo), mapOptions(), image, opacity(), mode() }. */
export function downloadSection(context) {
  const said = h('p.said', { role: 'status' });
  const base = context.name.replace(/\.[^.]*$/, '') || 'photo';
  const button = (text, work, { primary = false, glyph = 'i-down' } = {}) => {
    const element = h(`button.button.small${primary ? '.primary.wide' : ''}`, {
      type: 'button',
      async onclick() {
        element.disabled = true;
        said.classList.remove('bad');
        said.textContent = 'One moment';
        try {
          said.textContent = await work((text_) => { said.textContent = text_; });
        } catch (error) {
          said.textContent = error.message;
          said.classList.add('bad');
        }
        element.disabled = false;
      },
    }, icon(glyph), text);
    return element;
  };
  const file = (suffix, make) => async (say) => {
    const blob = await make(context, say);
    save(blob, `${base}-${suffix}`);
    return `Saved ${base}-${suffix}`;
  };
  return h('section', { 'aria-label': 'Take it along' }, h('h2', {}, 'Take it along'), h('div.downloads', {},
    button('Colour map (PNG)', file('map.png', colorMap), { primary: true }),
    button('As shown', file('shown.png', shown)),
    button('Copy', async () => {
      await navigator.clipboard.write([new ClipboardItem({ [PNG]: shown(context) })]);
      return 'Copied the picture as shown';
    }, { glyph: 'i-copy' }),
    button('Masks (ZIP)', file('masks.zip', masks)),
    button('Index map', file('labels.png', ({ parsona, scene }) => grey(parsona, scene, scene.indexMap.labels))),
    button('COCO', file('coco.json', ({ scene }) => json(scene.toCOCO({ fileName: context.name })))),
    button('result.json', file('result.json', ({ scene }) => json(scene)))), said);
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const grey = async (parsona, { width, height }, data) => png(await parsona.encodePNG({ data, width, height }));

async function colorMap({ parsona, scene, mapOptions }) {
  return png(await parsona.encodePNG(scene.map(mapOptions())));
}

/** The photo with the map over it, or the map alone, as the stage has it. */
async function shown({ scene, mapOptions, image, opacity, mode }) {
  const { width, height } = scene;
  const canvas = h('canvas', { width, height });
  const context = canvas.getContext('2d');
  if (mode() !== 'map') context.drawImage(image, 0, 0, width, height);
  const map = await createImageBitmap(scene.map(mapOptions()));
  context.globalAlpha = mode() === 'overlay' ? opacity() : 1;
  context.drawImage(map, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob(
    (blob) => { if (blob) resolve(blob); else reject(new Error('This picture is too large to draw here.')); }, PNG));
}

/** A folder for each person with a mask for each part; the index maps and result.json beside them. */
async function masks({ parsona, scene }, say) {
  const { width, height } = scene;
  const jobs = [
    ['labels.png', () => scene.indexMap.labels],
    ['persons.png', () => scene.indexMap.persons],
    ...scene.persons.flatMap((person) => [
      [`person_${person.id}/person.png`, () => person.mask.data],
      ...[...person.labels, ...person.derived].map((label) => [`person_${person.id}/${label}.png`, () => scene.mask({ person: person.id, label }).data]),
    ]),
  ];
  const files = { 'result.json': new TextEncoder().encode(JSON.stringify(scene, null, 2)) };
  for (const [i, [name, data]] of jobs.entries()) {
    say(`Packing ${i + 1} of ${jobs.length}`);
    files[name] = await parsona.encodePNG({ data: data(), width, height });
  }
  return new Blob([zipSync(files, { level: 0 })], { type: 'application/zip' }); // PNGs are packed already
}
