// What the studio draws: the choices made so far, every one of them undoable.

/** `look` is everybody's: { style, frame, background: { name, color } | null }. `people` holds each person's own
 * choices by id: { seed, wear: { kind: { name, color } }, traits: { group: { field: value } } }. */
const empty = { seed: 0, wear: {}, traits: {} };

export class StudioState {
  #past = [];
  #future = [];
  #now;
  #lastKey = '';

  constructor(person, style) {
    this.#now = { person, look: { style, frame: 'head', background: null }, people: {} };
  }

  get person() { return this.#now.person; }
  get look() { return this.#now.look; }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  of(person = this.person) {
    return this.#now.people[person] ?? empty;
  }

  /** Takes a step; steps of one `key` in a row (a colour being dragged) are one to undo. */
  #set(next, key = '') {
    if (!key || key !== this.#lastKey) this.#past.push(this.#now);
    if (this.#past.length > 100) this.#past.shift();
    this.#lastKey = key;
    this.#future = [];
    this.#now = next;
  }

  setPerson(person) {
    this.#now = { ...this.#now, person }; // who is looked at is no change of the drawing
    this.#lastKey = '';
  }

  setLook(change, key) {
    this.#set({ ...this.#now, look: { ...this.look, ...change } }, key);
  }

  #setOwn(change, key) {
    const own = { ...this.of(), ...change };
    this.#set({ ...this.#now, people: { ...this.#now.people, [this.person]: own } }, key);
  }

  /** `choice`: { name, color }, or null for what the photo shows. */
  setWear(kind, choice, key) {
    const { [kind]: old, ...rest } = this.of().wear;
    this.#setOwn({ wear: choice ? { ...rest, [kind]: choice } : rest }, key);
  }

  setTrait(group, change, key) {
    const { traits } = this.of();
    this.#setOwn({ traits: { ...traits, [group]: { ...traits[group], ...change } } }, key);
  }

  setSeed(seed) {
    this.#setOwn({ seed });
  }

  /** Back to what the photo shows. */
  reset() {
    this.#setOwn(empty);
  }

  undo() { this.#move(this.#past, this.#future); }
  redo() { this.#move(this.#future, this.#past); }

  #move(from, to) {
    if (!from.length) return;
    to.push(this.#now);
    const { person } = this.#now;
    this.#now = { ...from.pop(), person };
    this.#lastKey = '';
  }

  /** Options of parsona.avatar2d; `more` as { style, wear: { kind, choice } } tries something on. */
  options(person = this.person, more = {}) {
    const { seed, wear, traits } = this.of(person);
    const { style, frame, background } = { ...this.look, ...more.look };
    const worn = { ...wear, ...(background && { background }), ...more.wear };
    const accessories = Object.entries(worn).filter(([, choice]) => choice)
      .map(([kind, { name, color }]) => ({ kind, name, ...(color && { color }) }));
    return { style, frame, seed, accessories, traits: mergeTraits(traits, more.traits) };
  }
}

function mergeTraits(traits, more = {}) {
  const merged = { ...traits };
  for (const [group, change] of Object.entries(more)) merged[group] = { ...merged[group], ...change };
  return merged;
}
