// The second view: a person as an avatar, to be dressed and taken along.
import { $, announce, h, icon, megabytes } from './dom.js';
import { countOf, termsLine } from './map-view.js';
import { faceOf } from './panel.js';
import { avatarPNG, copyPicture, everybodyZip, fileOptions, save, sheet, SVG } from './studio-files.js';
import { called, categories } from './studio-menu.js';
import { StudioState } from './studio-state.js';

export const studioView = {
  id: 'avatar',
  name: 'Avatar',

  /** `context`: { parsona, scene, stage, name } and the elements panel, under. */
  open(context) {
    const studio = context.memory.studio ??= new Studio(context);
    studio.show();
    return () => studio.hide();
  },
};

/** Painting over pixels takes longer than drawing. */
const isPhoto = (styles, style) => styles.some(({ name, photo }) => photo && name === style);

const chance = () => 1 + crypto.getRandomValues(new Uint32Array(1))[0] % 0xfffffffe;

class Studio {
  #alive = false;
  #turn = 0; // of drawing: what is older is not shown
  #bases = new Map(); // traits by person id

  constructor({ parsona, scene, stage, name, panel, under }) {
    Object.assign(this, { parsona, scene, stage, panel, under });
    this.fileName = name.replace(/\.[^.]*$/, '') || 'photo';
    this.styles = parsona.styles();
    this.state = new StudioState(scene.persons[0]?.id, this.styles[0].name);
    this.category = 'hair';
    this.everybody = false;
    this.choice = { size: 512, shape: 'square', transparent: false };
    this.img = h('img', { alt: 'Your avatar' });
    this.crowd = h('div.crowd', { hidden: true });
    this.note = h('p.stage-note', { role: 'status' });
    this.canvas = h('div.avatar-stage', {}, h('div.avatar', {}, this.img), this.crowd, this.note);
  }

  show() {
    this.#alive = true;
    this.stage.element.append(this.canvas);
    this.stage.element.dataset.view = 'avatar';
    $('work').dataset.view = 'avatar';
    document.addEventListener('keydown', this.#keys);
    if (!this.scene.persons.length)
      return this.panel.replaceChildren(h('section.trouble', {}, h('h2', { id: 'summary', tabIndex: -1 }, 'Nobody found'),
        h('p.lede', {}, 'There is nobody in this photo to draw.')));
    void this.#begin();
  }

  hide() {
    this.#alive = false;
    this.#turn++;
    this.canvas.remove();
    delete this.stage.element.dataset.view;
    delete $('work').dataset.view;
    this.under.replaceChildren();
    document.removeEventListener('keydown', this.#keys);
  }

  /** The traits first: what the panel offers follows from them. */
  async #begin() {
    const { person } = this.state;
    this.panel.replaceChildren(this.#summary());
    try {
      this.note.textContent = this.#bases.has(person) ? '' : 'Measuring the face';
      await this.#base(person, (progress) => {
        if (progress.phase === 'download')
          this.note.textContent = `Loading the face network: ${megabytes(progress.loaded)} of ${megabytes(progress.total)} MB. Only this once.`;
      });
      this.note.textContent = '';
    } catch (error) {
      this.note.textContent = `The avatar could not be made: ${error.message}`;
      return;
    }
    if (!this.#alive || person !== this.state.person) return;
    this.#fill();
    await this.#draw();
  }

  async #base(id, onProgress) {
    if (!this.#bases.has(id)) {
      const person = this.scene.persons.find((p) => p.id === id);
      this.#bases.set(id, await person.traits({ onProgress }));
    }
    return this.#bases.get(id);
  }

  // ---------------------------------------------------------------- panel

  #summary() {
    const many = this.scene.persons.length > 1;
    return h('section', { 'aria-label': 'Summary' },
      h('h2', { id: 'summary', tabIndex: -1 }, many ? `Avatars of ${countOf(this.scene).toLowerCase()}` : 'Your avatar'),
      many ? this.#people() : h('p.lede', {}, 'Drawn from the photo. Change what you like.'));
  }

  #people() {
    return h('fieldset.people', {}, h('legend.unseen', {}, 'Person'), this.scene.persons.map((person) => {
      const input = h('input', {
        type: 'radio', name: 'person', value: person.id, checked: person.id === this.state.person, 'aria-label': `Person ${person.id}`,
        onchange: () => {
          this.state.setPerson(person.id);
          this.#showEverybody(false);
          void this.#begin().then(() => document.querySelector(`.people input[value="${person.id}"]`)?.focus({ preventScroll: true }));
        },
      });
      return h('label', {}, input, faceOf(this.scene, person, this.stage.image));
    }), h('label.all', {}, h('input', {
      type: 'checkbox', checked: this.everybody, onchange: ({ target }) => this.#showEverybody(target.checked),
    }), h('span', {}, 'Everyone')));
  }

  #showEverybody(on) {
    this.everybody = on;
    const box = document.querySelector('.people .all input');
    if (box) box.checked = on;
    void this.#draw();
  }

  #fill() {
    const base = this.#bases.get(this.state.person);
    this.menu = categories(this.parsona, base);
    if (!this.menu.some(({ id }) => id === this.category)) this.category = this.menu[0].id;
    this.styleTiles = h('div.tiles.large');
    this.tiles = h('div.tiles');
    this.colors = h('div.color-rows');
    this.hint = h('p.lede', { id: 'painted-hint', hidden: true }, 'This style paints over your own pixels: expression, hair, skin and clothes stay as in the photo. What you put on is drawn over them.');
    this.tabs = h('div.pills', { role: 'radiogroup', 'aria-label': 'What to change' }, this.menu.map(({ id, name }) =>
      h('label', {}, h('input', {
        type: 'radio', name: 'category', value: id, checked: id === this.category,
        onchange: () => { this.category = this.wanted = id; this.#openCategory(); },
      }), h('span', {}, name))));
    const summary = this.panel.querySelector('section');
    if (base.face_seen === false)
      summary.append(h('p.lede', {}, 'The face is not seen in the photo: this one is made up, the rest is as it was.'));
    this.panel.replaceChildren(summary,
      h('section', { 'aria-label': 'Style' }, h('div.group-head', {}, h('h3', {}, 'Style'), this.#frames()), this.styleTiles),
      h('section', { 'aria-label': 'Details' }, h('h3', {}, 'Make it yours'), this.hint, this.tabs, this.tiles, this.colors),
      this.#files());
    this.under.replaceChildren(this.#toolbar());
    this.#openStyles();
    this.#openCategory();
  }

  #frames() {
    return h('div.segments.tight', { role: 'radiogroup', 'aria-label': 'How much of the person' },
      [['head', 'Head'], ['half', 'Half'], ['full', 'Full']].map(([frame, name]) => h('label', {}, h('input', {
        type: 'radio', name: 'frame', value: frame, checked: this.state.look.frame === frame,
        onchange: () => { this.state.setLook({ frame }); this.#changed(); },
      }), h('span', {}, name))));
  }

  #openStyles() {
    this.styleTiles.replaceChildren(...this.styles.map(({ name, about }) => this.#tile('style', {
      id: name, name: called(name), about, look: { style: name },
      on: ({ look }) => look.style === name, choose: (state) => state.setLook({ style: name }),
    })));
    void this.#paint(this.styleTiles);
  }

  #openCategory() {
    const { id, tiles, colors } = this.menu.find((entry) => entry.id === this.category);
    this.tiles.replaceChildren(...tiles.map((tile) => this.#tile(id, tile)));
    this.colors.replaceChildren(...colors.map((color) => this.#colorRow(color)));
    this.#sync();
    if (id === this.category) void this.#paint(this.tiles);
  }

  #tile(group, tile) {
    const input = h('input', {
      type: 'radio', name: `tile-${group}`, value: tile.id, checked: tile.on(this.state),
      onchange: () => { tile.choose(this.state); this.#changed(); },
    });
    const element = h('label.tile', { title: tile.about ?? '' }, input, h('span.thumb', {}, h('img', { alt: '' })), h('span', {}, tile.name));
    element.tile = tile;
    return element;
  }

  #colorRow(color) {
    const pick = (value, key) => { color.set(this.state, value, key); this.#changed(); };
    const custom = h('input', {
      type: 'color', 'aria-label': `${color.name}: any colour`,
      oninput: ({ target }) => pick(target.value, `color ${color.name}`),
    });
    const group = `color-${this.category}-${color.name}`;
    const row = h('fieldset.colors', {}, h('legend', {}, color.name), color.palette.map((value) => h('label', {}, h('input', {
      type: 'radio', name: group, value, 'aria-label': value, onchange: () => pick(value),
    }), h('span', { '--swatch': value }))), h('label.any', { title: 'Any colour' }, custom, h('span', { 'aria-hidden': 'true' }, '+')));
    row.sync = (painted) => {
      const now = color.get(this.state);
      row.hidden = !color.useful(this.state, painted);
      for (const input of row.querySelectorAll('input[type=radio]')) input.checked = input.value === now;
      if (now) custom.value = now;
    };
    return row;
  }

  #toolbar() {
    const tool = (text, glyph, act, extra = {}) =>
      h('button.button.small', { type: 'button', onclick: act, ...extra }, icon(glyph), h('span', {}, text));
    this.undo = tool('Undo', 'i-undo', () => this.#step('undo'));
    this.redo = tool('Redo', 'i-redo', () => this.#step('redo'));
    return h('div.toolbar', { role: 'toolbar', 'aria-label': 'Avatar' }, this.undo, this.redo,
      tool('Shuffle', 'i-dice', () => { this.state.setSeed(chance()); this.#changed(); }),
      tool('As in the photo', 'i-person', () => { this.state.reset(); this.#changed(); }));
  }

  #step(way) {
    this.state[way]();
    this.#changed();
    announce(way === 'undo' ? 'Undone' : 'Done again');
  }

  #keys = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector('dialog[open]')) return;
    const key = event.key.toLowerCase();
    const way = key === 'z' ? (event.shiftKey ? 'redo' : 'undo') : key === 'y' ? 'redo' : '';
    if (!way || !this.undo) return;
    event.preventDefault();
    this.#step(way);
  };

  /** The controls say what the state says. */
  #sync() {
    const painted = isPhoto(this.styles, this.state.look.style);
    if (this.#offer(painted)) return; // another category was opened, which says the rest
    for (const element of this.panel.querySelectorAll('.tile')) {
      element.querySelector('input').checked = element.tile.on(this.state);
      element.hidden = painted && !!element.tile.drawn;
    }
    for (const row of this.colors.children) row.sync(painted);
    for (const input of this.panel.querySelectorAll('input[name=frame]')) input.checked = input.value === this.state.look.frame;
    this.hint.hidden = !painted;
    if (!this.undo) return;
    this.undo.disabled = !this.state.canUndo;
    this.redo.disabled = !this.state.canRedo;
  }

  /** Only what the style can show may be changed. Opens another category where the open one has nothing to offer, and
   * the one that was chosen again when it has; true when it did. */
  #offer(painted) {
    const shown = ({ drawn }) => !(painted && drawn);
    for (const input of this.tabs.querySelectorAll('input')) {
      input.disabled = !shown(this.menu.find(({ id }) => id === input.value));
      if (input.disabled) input.setAttribute('aria-describedby', this.hint.id);
      else input.removeAttribute('aria-describedby');
    }
    const chosen = this.menu.find(({ id }) => id === (this.wanted ?? this.category));
    const next = chosen && shown(chosen) ? chosen : this.menu.find(shown);
    if (!next || next.id === this.category) return false;
    this.wanted ??= this.category;
    this.category = next.id;
    this.tabs.querySelector(`input[value=${next.id}]`).checked = true;
    this.#openCategory();
    return true;
  }

  // ---------------------------------------------------------------- drawing

  #changed() {
    this.#sync();
    void this.#draw();
  }

  async #avatar(id, more = {}) {
    const person = this.scene.persons.find((p) => p.id === id);
    return person.avatar2d({ ...this.state.options(id, more), ...more.options });
  }

  /** The large one at once, the tiles when nothing changed for a moment. */
  async #draw() {
    const turn = ++this.#turn;
    try {
      if (this.everybody) await this.#drawCrowd(turn);
      else {
        const avatar = await this.#avatar(this.state.person);
        if (turn !== this.#turn || !this.#alive) return;
        this.crowd.hidden = true;
        this.img.parentElement.hidden = false;
        setPicture(this.img, avatar.svg);
        this.img.alt = this.#describe();
      }
      this.note.textContent = '';
    } catch (error) {
      if (turn === this.#turn) this.note.textContent = error.message;
      return;
    }
    setTimeout(async () => {
      if (turn !== this.#turn || !this.#alive) return;
      await this.#paint(this.styleTiles, turn);
      await this.#paint(this.tiles, turn);
    }, 350);
  }

  async #drawCrowd(turn) {
    const { persons } = this.scene;
    while (this.crowd.childElementCount < persons.length) this.crowd.append(h('img', { alt: '' }));
    this.crowd.style.setProperty('--columns', String(Math.ceil(Math.sqrt(persons.length))));
    for (const [i, { id }] of persons.entries()) {
      const { svg } = await this.#avatar(id);
      if (turn !== this.#turn || !this.#alive) return;
      setPicture(this.crowd.children[i], svg);
      this.crowd.children[i].alt = `Avatar of person ${id}`;
    }
    this.crowd.hidden = false;
    this.img.parentElement.hidden = true;
  }

  #describe() {
    const { look } = this.state;
    const own = isPhoto(this.styles, look.style) ? ['hair', 'beard'] : [];
    const worn = Object.entries(this.state.of().wear)
      .filter(([kind, choice]) => choice?.name !== 'none' && !own.includes(kind))
      .map(([kind, { name }]) => `${called(name)} ${kind}`);
    const who = this.scene.persons.length > 1 ? `Avatar of person ${this.state.person}` : 'Your avatar';
    return [`${who} in the style ${look.style}`, ...worn].join(', ');
  }

  /** Every tile tries its own thing on. One avatar at a time, so that the large one never waits long. */
  async #paint(list, turn = this.#turn) {
    const frame = ['clothes', 'pattern'].includes(this.category) && list === this.tiles ? 'half' : 'head';
    for (const element of [...list.children]) {
      if (turn !== this.#turn || !this.#alive || !element.isConnected) return;
      const { tile } = element;
      if (element.hidden) continue;
      const more = { wear: tile.wear, traits: tile.traits, look: { frame, ...tile.look } };
      if (tile.look && !('style' in tile.look)) more.look.frame = 'head';
      const avatar = await this.#avatar(this.state.person, more).catch(() => null);
      if (avatar && element.isConnected) setPicture(element.querySelector('img'), avatar.svg);
    }
  }

  // ---------------------------------------------------------------- files

  #files() {
    const { choice } = this;
    const said = h('p.said', { role: 'status' });
    const radio = (name, value, text) => h('label', {}, h('input', {
      type: 'radio', name, value, checked: choice[name] === value,
      onchange: () => { choice[name] = value; this.canvas.dataset.shape = choice.shape; },
    }), h('span', {}, text));
    const button = (text, glyph, work, primary) => h(`button.button.small${primary ? '.primary.wide' : ''}`, {
      type: 'button',
      async onclick({ currentTarget }) {
        currentTarget.disabled = true;
        said.classList.remove('bad');
        said.textContent = 'One moment';
        try {
          said.textContent = await work();
        } catch (error) {
          said.textContent = error.message;
          said.classList.add('bad');
        }
        currentTarget.disabled = false;
      },
    }, icon(glyph), text);
    const file = (suffix, make) => async () => {
      const name = `${this.fileName}-${suffix}`;
      save(await make(), name);
      return `Saved ${name}`;
    };
    const mine = () => this.#avatarOf(this.state.person);
    const many = this.scene.persons.length > 1;
    return h('section', { 'aria-label': 'Take it along' }, h('h2', {}, 'Take it along'),
      h('div.file-options', {},
        h('div.segments.tight', { role: 'radiogroup', 'aria-label': 'Pixels' }, radio('size', 512, '512'), radio('size', 1024, '1024'), radio('size', 2048, '2048')),
        h('div.segments.tight', { role: 'radiogroup', 'aria-label': 'Shape' }, radio('shape', 'square', 'Square'), radio('shape', 'round', 'Round')),
        h('label.check', {}, h('input', {
          type: 'checkbox', checked: choice.transparent, onchange: ({ target }) => { choice.transparent = target.checked; },
        }), 'Transparent')),
      h('div.downloads', {},
        button('Picture (PNG)', 'i-down', file('avatar.png', async () => avatarPNG(await mine(), choice)), true),
        button('Drawing (SVG)', 'i-down', file('avatar.svg', async () => new Blob([(await mine()).svg], { type: SVG }))),
        button('Copy', 'i-copy', async () => {
          await copyPicture(mine().then((avatar) => avatarPNG(avatar, choice)));
          return 'Copied the picture';
        }),
        many ? button('Everyone, one sheet', 'i-down', file('avatars.png', async () => sheet(await this.#all(), choice))) : null,
        many ? button('Everyone (ZIP)', 'i-down', file('avatars.zip', async () => everybodyZip(await this.#all(), choice))) : null),
      said, termsLine(this.parsona.terms));
  }

  #avatarOf(id) {
    return this.#avatar(id, { options: fileOptions({}, this.choice) });
  }

  async #all() {
    const all = [];
    for (const { id } of this.scene.persons) all.push({ id, avatar: await this.#avatarOf(id) });
    return all;
  }
}

/** Shows a drawing; the one before is let go when the new one is there. */
function setPicture(img, svg) {
  const old = img.src;
  img.src = URL.createObjectURL(new Blob([svg], { type: SVG }));
  if (old.startsWith('blob:')) img.decode().catch(() => {}).finally(() => URL.revokeObjectURL(old));
}
