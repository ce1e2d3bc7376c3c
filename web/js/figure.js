// The third view: a person as a rigged figure, to be turned, moved and taken along.
import { $, h, icon, megabytes } from './dom.js';
import { termsLine } from './map-view.js';
import { faceOf, slider } from './panel.js';
import { PuppetControl } from './puppet.js';
import { save } from './studio-files.js';

export const figureView = {
  id: 'figure',
  name: '3D',

  /** `context`: { parsona, scene, stage, name } and the elements panel, under. */
  open(context) {
    const figure = new Figure(context);
    void figure.begin();
    return () => figure.close();
  },
};

/** three.js comes with the first figure, and the service worker keeps it from then on. */
let library = null;
const viewerClass = () => library ??= (async () => {
  const url = new URL('../vendor/figure.js', import.meta.url).href;
  const { FigureViewer } = await import(url);
  navigator.serviceWorker?.controller?.postMessage({ type: 'keep', files: ['vendor/figure.js'] });
  return FigureViewer;
})().catch((error) => {
  library = null;
  throw error;
});

const NAMES = { glb: 'GLB (glTF 2.0)', vrm: 'VRM 1.0', vrm0: 'VRM 0.x' };
const MOVES = [['idle', 'Idle'], ['walk', 'Walk'], ['wave', 'Wave'], ['', 'T-pose']];
const FACES = { aa: 'Aa', ih: 'Ih', ou: 'Ou', ee: 'Ee', oh: 'Oh', blinkLeft: 'Wink left', blinkRight: 'Wink right' };

class Figure {
  #alive = true;
  #files = new Map(); // promises of bytes, by person, style and format

  constructor({ parsona, scene, stage, name, panel, under }) {
    Object.assign(this, { parsona, scene, stage, panel, under });
    this.fileName = name.replace(/\.[^.]*$/, '') || 'photo';
    this.person = scene.persons[0];
    this.style = 'photo';
    this.move = 'idle';
    this.canvas = h('canvas', { tabIndex: 0, role: 'img', 'aria-label': 'The figure. Arrow keys turn it.' });
    this.note = h('p.stage-note', { role: 'status' }, 'Making the figure');
    this.element = h('div.figure-stage', {}, this.canvas, this.note);
    this.canvas.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -0.2, ArrowRight: 0.2 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.viewer?.turn(step);
    });
    this.puppet = new PuppetControl({
      parsona, stage: this.element, say: (text) => { this.note.textContent = text; }, viewer: () => this.viewer,
      changed: (on) => this.#markMove(on),
    });
    this.puppet.button.disabled = true;
  }

  async begin() {
    this.stage.element.append(this.element);
    this.stage.element.dataset.view = 'figure';
    $('work').dataset.view = 'figure';
    this.panel.replaceChildren(this.#summary(), this.#look(), h('section', { 'aria-label': 'Face', hidden: true }), this.#downloads());
    this.under.replaceChildren(this.#moves());
    try {
      const [Viewer] = await Promise.all([viewerClass(), this.#file('vrm')]);
      if (!this.#alive) return;
      this.viewer = new Viewer(this.canvas, { still: matchMedia('(prefers-reduced-motion: reduce)').matches });
      await this.#show();
    } catch (error) {
      this.note.textContent = `The figure could not be shown: ${error.message}`;
    }
  }

  close() {
    this.#alive = false;
    this.puppet.stop();
    this.viewer?.close();
    this.element.remove();
    delete this.stage.element.dataset.view;
    delete $('work').dataset.view;
    this.under.replaceChildren();
  }

  /** A file of the person as chosen, made once. */
  #file(format) {
    const { person, style } = this;
    const key = `${person.id} ${style} ${format}`;
    if (!this.#files.has(key)) {
      const made = person.avatar3d({
        format, style, name: `Person ${person.id}`,
        onProgress: (p) => {
          if (p.phase === 'download') this.note.textContent = `Loading the body: ${megabytes(p.loaded)} of ${megabytes(p.total)} MB. Only this once.`;
        },
      });
      made.catch(() => this.#files.delete(key));
      this.#files.set(key, made);
    }
    return this.#files.get(key);
  }

  async #show() {
    this.note.textContent = 'Making the figure';
    this.element.ariaBusy = 'true';
    const [vrm, glb] = [await this.#file('vrm'), await this.#file('glb')];
    if (!this.#alive) return;
    await this.viewer.show(vrm, glb);
    this.note.textContent = '';
    this.element.ariaBusy = 'false';
    if (!this.puppet.on) this.viewer.play(this.move);
    this.puppet.button.disabled = false;
    this.#expressions();
  }

  #again() {
    this.#show().catch((error) => { this.note.textContent = error.message; });
  }

  // ---------------------------------------------------------------- panel

  #summary() {
    const many = this.scene.persons.length > 1;
    return h('section', { 'aria-label': 'Summary' }, h('h2', { id: 'summary', tabIndex: -1 }, many ? 'Figures' : 'Your figure'),
      many ? h('fieldset.people', {}, h('legend.unseen', {}, 'Person'), this.scene.persons.map((person) => h('label', {},
        h('input', {
          type: 'radio', name: 'person', value: person.id, checked: person === this.person, 'aria-label': `Person ${person.id}`,
          onchange: () => { this.person = person; this.#again(); },
        }), faceOf(this.scene, person, this.stage.image))))
        : h('p.lede', {}, 'With bones, a face that moves, and a texture from your photo. Drag to turn, pinch or scroll to come closer.'),
    h('p.lede', {}, 'Be your avatar: your camera moves it as a mirror would, with arms, head, eyelids, mouth and brows. '
      + 'The pictures are looked at on this device and forgotten at once.'));
  }

  #look() {
    const radio = (value, text) => h('label', {}, h('input', {
      type: 'radio', name: 'figure-style', value, checked: this.style === value, onchange: () => { this.style = value; this.#again(); },
    }), h('span', {}, text));
    const check = (text, act) => h('label.check', {}, h('input', { type: 'checkbox', onchange: ({ target }) => act(target.checked) }), text);
    const near = (what, text) => h('button.button.small', { type: 'button', onclick: () => this.viewer?.look(what) }, text);
    return h('section', { 'aria-label': 'Look' },
      h('div.group-head', {}, h('h3', {}, 'Look'),
        h('div.segments.tight', { role: 'radiogroup', 'aria-label': 'Surface' }, radio('photo', 'Photo'), radio('cartoon', 'Cartoon'))),
      h('div.file-options', {}, near('body', 'Whole body'), near('face', 'Face'),
        check('Wireframe', (on) => this.viewer?.wireframe(on)), check('Skeleton', (on) => this.viewer?.skeleton(on))));
  }

  #moves() {
    return h('div.toolbar.wraps', {}, h('div.segments', { role: 'radiogroup', 'aria-label': 'Movement' }, MOVES.map(([move, text]) => h('label', {},
      h('input', {
        type: 'radio', name: 'move', value: move, checked: this.move === move,
        onchange: () => {
          this.move = move;
          this.puppet.stop();
          this.viewer?.play(move);
        },
      }), h('span', {}, text)))), this.puppet.button);
  }

  /** No movement is chosen while the camera has the figure; what was chosen before comes back. */
  #markMove(camera) {
    for (const input of this.under.querySelectorAll('input[name=move]')) input.checked = !camera && input.value === this.move;
    if (!camera) this.viewer?.play(this.move);
  }

  #expressions() {
    const names = this.viewer.expressions;
    const section = this.panel.querySelector('section[aria-label=Face]');
    section.hidden = !names.length;
    section.replaceChildren(h('h3', {}, 'Face'), h('div.fields.two', {}, names.map((name) =>
      slider(FACES[name] ?? name[0].toUpperCase() + name.slice(1), 0, (value) => this.viewer.express(name, value / 100)))));
  }

  #downloads() {
    const said = h('p.said', { role: 'status' });
    const button = (text, make, primary) => h(`button.button.small${primary ? '.primary.wide' : ''}`, {
      type: 'button',
      async onclick() {
        said.classList.remove('bad');
        said.textContent = 'One moment';
        try {
          const [blob, name] = await make();
          save(blob, name);
          said.textContent = `Saved ${name} (${megabytes(blob.size)} MB)`;
        } catch (error) {
          said.textContent = error.message;
          said.classList.add('bad');
        }
      },
    }, icon('i-down'), text);
    const file = (format) => async () => {
      const type = format === 'glb' ? 'model/gltf-binary' : 'application/octet-stream';
      return [new Blob([await this.#file(format)], { type }), `${this.fileName}-${this.person.id}${format === 'vrm0' ? '-vrm0.vrm' : `.${format}`}`];
    };
    return h('section', { 'aria-label': 'Take it along' }, h('h2', {}, 'Take it along'), h('div.downloads', {},
      button(NAMES.glb, file('glb'), true), button(NAMES.vrm, file('vrm')), button(NAMES.vrm0, file('vrm0')),
      button('Picture', async () => [await this.viewer.picture(), `${this.fileName}-figure.png`])), said,
    h('p.lede', {}, 'GLB opens in Blender, Unity, Unreal and Godot; VRM in VRChat tools, VSeeFace and other avatar programs.'),
    termsLine(this.parsona.terms));
  }
}
