// The panel beside the stage: who and what was found, how it is coloured.
import { css, h, words } from './dom.js';

/** What is drawn and how, as scene.map takes it. */
export class Look {
  constructor(scene) {
    this.scene = scene;
    this.palette = scene.palettes[0];
    this.tint = 0;
    this.people = new Set(scene.persons.map(({ id }) => id));
    this.labels = new Set(presentLabels(scene));
    this.derived = new Set(); // they lie over the parts: drawn when asked for
  }

  get options() {
    const { scene } = this;
    const all = presentLabels(scene).length === this.labels.size && scene.persons.length === this.people.size;
    return {
      palette: this.palette,
      tint: this.tint,
      derived: [...this.derived],
      // Everything is drawn in the order that the library thinks best.
      ...(!all && { layers: scene.labels.filter((label) => this.labels.has(label)), persons: [...this.people] }),
    };
  }
}

export const presentLabels = (scene) =>
  scene.labels.filter((label, i) => i && scene.persons.some((person) => person.pixels[label]));

const presentDerived = (scene) => scene.derived.filter((name) => scene.persons.some((person) => person.derived.includes(name)));

/** The sections for one scene. `changed()` after each change of `look`; `point(person, label)` while a row is
 * pointed at or has the focus. Returns the elements and a way to light the rows up. */
export function lookSections({ scene, look, image, changed, point }) {
  const rows = new Map();
  const light = (found) => {
    for (const [key, row] of rows) row.classList.toggle('lit', !!found && (key === found.label || key === found.person?.id));
  };
  const row = (key, set, face, name, share, target) => {
    const box = h('input', {
      type: 'checkbox', checked: set.has(key),
      onchange() {
        if (box.checked) set.add(key); else set.delete(key);
        element.classList.toggle('off', !box.checked);
        changed();
      },
      onfocus: () => box.matches(':focus-visible') && point(...target),
      onblur: () => point(null),
    });
    const element = h(`label.row${set.has(key) ? '' : '.off'}`, {
      onpointerenter: (event) => event.pointerType === 'mouse' && point(...target),
      onpointerleave: () => point(null),
    }, box, face, h('span.name', {}, name), h('span.share', {}, share));
    rows.set(key, element);
    return element;
  };
  const group = (title, set, keys, list) => {
    const all = h('button.link', {
      type: 'button',
      onclick() {
        const on = set.size < keys.length;
        set.clear();
        if (on) keys.forEach((key) => set.add(key));
        for (const input of list.querySelectorAll('input')) {
          input.checked = on;
          input.closest('.row').classList.toggle('off', !on);
        }
        changed();
      },
    }, 'All or none');
    return h('section', { 'aria-label': title }, h('div.group-head', {}, h('h3', {}, title), all), list);
  };

  const swatches = new Map();
  const repaint = () => {
    for (const { label, colors } of scene.legend({ palette: look.palette, tint: look.tint }))
      swatches.get(label)?.style.setProperty('background', stripes([...colors.values()]));
  };

  const sections = [];
  if (scene.persons.length > 1)
    sections.push(group('People', look.people, scene.persons.map(({ id }) => id), h('div.rows', {},
      scene.persons.map((person) => row(person.id, look.people, faceOf(scene, person, image),
        `Person ${person.id}`, `${Math.round(100 * person.score)} % sure`, [person])))));

  const labels = presentLabels(scene);
  const total = scene.persons.reduce((sum, person) => sum + person.mask.area, 0);
  const areas = Object.fromEntries(labels.map((label) =>
    [label, scene.persons.reduce((sum, person) => sum + (person.pixels[label] ?? 0), 0)]));
  sections.push(group('Parts', look.labels, labels, h('div.rows.two', {}, labels.map((label) => {
    const swatch = h('span.swatch');
    swatches.set(label, swatch);
    const percent = 100 * areas[label] / total;
    return row(label, look.labels, swatch, words(label), percent < 1 ? '< 1 %' : `${Math.round(percent)} %`, [null, label]);
  }))));
  const derived = presentDerived(scene);
  if (derived.length)
    sections.push(group('Over the parts', look.derived, derived, h('div.rows.two', {}, derived.map((name) => {
      const swatch = h('span.swatch.striped', { '--swatch': css(scene.derivedColor(name)) });
      return row(name, look.derived, swatch, words(name), '', [null, name]);
    }))));
  sections.push(h('section', { 'aria-label': 'Colours' }, h('div.fields', {},
    palettes(scene, look, () => { repaint(); changed(); }),
    slider('Colour by person', 0, (value) => { look.tint = value / 100; repaint(); changed(); }))));
  repaint();
  return { sections, light };
}

/** One colour, or the persons' colours side by side. */
function stripes(colors) {
  const parts = [...new Set(colors.map(css))];
  const stops = parts.map((color, i) => `${color} ${100 * i / parts.length}% ${100 * (i + 1) / parts.length}%`);
  return parts.length === 1 ? parts[0] : `linear-gradient(90deg, ${stops.join(', ')})`;
}

/** A labelled slider of per cent. */
export function slider(label, value, onInput) {
  const output = h('output', {}, `${value} %`);
  return h('label.field', {}, h('span', {}, label, output), h('input', {
    type: 'range', min: 0, max: 100, value,
    oninput({ target }) {
      output.textContent = `${target.value} %`;
      onInput(target.valueAsNumber);
    },
  }));
}

function palettes(scene, look, changed) {
  const choices = scene.palettes.map((name) => {
    const colors = scene.legend({ palette: name }).map((entry) => [...entry.colors.values()][0]);
    const strip = h('canvas', { width: Math.max(1, colors.length), height: 1, 'aria-hidden': 'true' });
    const context = strip.getContext('2d');
    colors.forEach((color, x) => {
      context.fillStyle = css(color);
      context.fillRect(x, 0, 1, 1);
    });
    const input = h('input', {
      type: 'radio', name: 'palette', value: name, checked: name === look.palette,
      onchange() { look.palette = name; changed(); },
    });
    return h('label', {}, input, strip, h('span', {}, name));
  });
  return h('fieldset.field', {}, h('legend', {}, 'Palette'), h('div.palettes', {}, choices));
}

/** A small round picture of the person's head. */
export function faceOf(scene, person, image) {
  const size = 68;
  const canvas = h('canvas.face', { width: size, height: size, 'aria-hidden': 'true' });
  const color = scene.legend({ tint: 1, persons: [person.id] })[0]?.colors.get(person.id);
  if (color) canvas.style.setProperty('--ring', css(color));
  const { nose, left_shoulder: left, right_shoulder: right, left_ear: ear, right_ear: otherEar } = person.keypoints;
  const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
  const neck = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const side = Math.max(24, 1.9 * distance(nose, neck), 2.4 * distance(ear, otherEar));
  const [x, y] = [nose.x, nose.y - 0.08 * side];
  if (image.naturalWidth) {
    const scale = image.naturalWidth / scene.width;
    canvas.getContext('2d').drawImage(image, (x - side / 2) * scale, (y - side / 2) * scale, side * scale, side * scale,
      0, 0, size, size);
  }
  return canvas;
}
