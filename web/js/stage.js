// The photo with its map over it: three ways to look, a divider, and what is under the pointer.
import { atNextFrame, css, h, icon, words } from './dom.js';

/** Longest side of the map that is drawn; downloads have the photo's own. */
export const PREVIEW = 1400;

export class Stage {
  /** `hovered({ person, label } | null)` hears what is pointed at. */
  constructor(element, hovered) {
    this.element = element;
    this.hovered = hovered;
    this.scene = null;
    this.colorOf = () => [255, 255, 255];
  }

  /** Shows a photo without a map yet. */
  async open(file) {
    this.close();
    this.url = URL.createObjectURL(file);
    this.image = h('img', { src: this.url, alt: '', draggable: false });
    this.map = h('canvas.map', { 'aria-hidden': 'true' });
    this.mark = h('canvas.mark', { 'aria-hidden': 'true' });
    this.slider = h('input', {
      type: 'range', min: 0, max: 100, value: 50, 'aria-label': 'Divider between photo and map',
      oninput: () => this.setCut(this.slider.valueAsNumber),
    });
    this.tip = h('div.tip', { 'aria-hidden': 'true' });
    this.picture = h('div.picture', { role: 'img', 'aria-label': 'Your photo' },
      this.image, this.map, this.mark, h('div.cutter', {}, this.slider), this.tip);
    this.element.replaceChildren(this.picture);
    await this.image.decode().catch(() => this.#cannotShow()); // it may still be parsed
    if (this.image.naturalWidth) this.#ratio(this.image.naturalWidth, this.image.naturalHeight);
  }

  close() {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = this.scene = null;
    this.element.replaceChildren();
    this.element.dataset.mode = 'overlay';
    this.setCut(50);
  }

  show(scene) {
    this.scene = scene;
    this.#ratio(scene.width, scene.height);
    this.#listen();
    const people = scene.persons.length;
    this.picture.setAttribute('aria-label', `Your photo with ${people} ${people === 1 ? 'person' : 'people'} coloured`);
  }

  /** In place of the browser's sign for a broken picture. */
  #cannotShow() {
    this.image.hidden = true;
    this.picture.prepend(h('div.unshown', {}, icon('i-image'), h('p', {}, 'No preview of this file')));
    this.#ratio(4, 3);
  }

  #ratio(width, height) {
    this.element.style.setProperty('--ratio', String(width / height));
  }

  setMode(mode) {
    this.element.dataset.mode = mode;
    this.slider.tabIndex = mode === 'compare' ? 0 : -1;
  }

  setOpacity(value) {
    this.element.style.setProperty('--opacity', String(value));
  }

  setCut(percent) {
    const value = Math.max(0, Math.min(100, percent));
    this.element.style.setProperty('--cut', `${value.toFixed(2)}%`);
    if (this.slider) this.slider.value = String(value);
  }

  /** Draws the map with these options of scene.map. */
  draw(options) {
    const pixels = this.scene.map({ ...options, size: PREVIEW });
    Object.assign(this.map, { width: pixels.width, height: pixels.height });
    this.map.getContext('2d').putImageData(pixels, 0, 0);
  }

  // ---------------------------------------------------------------- pointing
  #listen() {
    const picture = this.picture;
    let held = false;
    let at = null;
    const look = atNextFrame(() => at && this.#look(at));
    const cut = (event) => {
      const box = picture.getBoundingClientRect();
      this.setCut(100 * (event.clientX - box.left) / box.width);
    };
    picture.addEventListener('pointerdown', (event) => {
      if (this.element.dataset.mode === 'compare' && event.button === 0) {
        held = true;
        picture.setPointerCapture(event.pointerId);
        cut(event);
      }
      at = event;
      look();
    });
    picture.addEventListener('pointermove', (event) => {
      if (held) cut(event);
      at = event;
      look();
    });
    for (const end of ['pointerup', 'pointercancel'])
      picture.addEventListener(end, () => { held = false; });
    picture.addEventListener('pointerleave', (event) => {
      at = null;
      if (event.pointerType === 'mouse') this.#leave();
    });
  }

  #look(event) {
    const box = this.picture.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    const found = this.scene?.labelAt(x * this.scene.width, y * this.scene.height);
    if (!found || !found.index) return this.#leave();
    this.#tip(found, x * box.width, y * box.height, box);
    this.highlight(found.person, found.label);
    this.hovered(found);
  }

  #leave() {
    this.tip.classList.remove('on');
    this.highlight(null);
    this.hovered(null);
  }

  #tip({ label, person }, x, y, box) {
    const name = words(label);
    this.tip.replaceChildren(
      h('i', { '--swatch': '' }), name[0].toUpperCase() + name.slice(1),
      person && this.scene.persons.length > 1 ? h('small', {}, `Person ${person.id}`) : null ?? '');
    this.tip.firstChild.style.background = css(this.colorOf(person?.id ?? 0, label));
    this.tip.classList.add('on');
    const width = this.tip.offsetWidth, height = this.tip.offsetHeight;
    const left = Math.max(4, Math.min(box.width - width - 4, x - width / 2));
    const above = y - height - 18;
    this.tip.style.transform = `translate(${left.toFixed(0)}px, ${(above < 4 ? y + 24 : above).toFixed(0)}px)`;
  }

  /** Outlines a person's part, a person (no label), everybody's part (no person), or nothing. */
  highlight(person, label) {
    const key = person || label ? `${person?.id ?? ''}/${label ?? ''}` : '';
    if (key === this.marked) return;
    this.marked = key;
    const context = this.mark.getContext('2d');
    if (!key) return context.clearRect(0, 0, this.mark.width, this.mark.height);
    Object.assign(this.mark, { width: this.map.width, height: this.map.height });
    context.putImageData(outline(this.scene, person, label, this.mark, this.#lineWidth()), 0, 0);
  }

  /** About two pixels of the screen, in pixels of the canvas. */
  #lineWidth() {
    return Math.max(1, Math.round(2 * this.mark.width / this.picture.clientWidth));
  }
}

/** White lines with a dark rim along the region's border, a slight veil within. */
function outline(scene, person, label, { width, height }, line) {
  const { labels, persons } = scene.indexMap;
  const index = label ? scene.labels.indexOf(label) : -1;
  const mask = label && index < 0 ? scene.mask({ label }).data : null; // a derived one
  const has = mask ? (at) => mask[at] : index < 0 ? (at) => labels[at] : (at) => labels[at] === index;
  const inside = new Uint8Array(width * height);
  const [sx, sy] = [scene.width / width, scene.height / height];
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y + 0.5) * sy) * scene.width;
    for (let x = 0; x < width; x++, i++) {
      const at = row + Math.floor((x + 0.5) * sx);
      inside[i] = has(at) && (!person || persons[at] === person.id);
    }
  }
  const image = new ImageData(width, height);
  const out = new Uint32Array(image.data.buffer);
  const differs = (i, x, y, d) => (x >= d && inside[i - d] !== inside[i]) || (x + d < width && inside[i + d] !== inside[i])
    || (y >= d && inside[i - d * width] !== inside[i]) || (y + d < height && inside[i + d * width] !== inside[i]);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (differs(i, x, y, line)) out[i] = inside[i] ? 0xffffffff : 0x8c000000;
      else if (inside[i]) out[i] = 0x26ffffff;
    }
  return image;
}
