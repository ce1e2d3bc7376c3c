// What the studio offers: categories, their tiles and their colours.
import { words } from './dom.js';

const SKIN = ['#ffe0cf', '#f7cdb0', '#eab38f', '#d49a74', '#b97a55', '#95593a', '#6f412b', '#4b2c20'];
const HAIR = ['#1d1a1a', '#3b2a22', '#5f3d28', '#8a5a33', '#b98146', '#e0bd7c', '#a9452d', '#8d8a88', '#e9e6e1', '#d05a8f', '#5b6fd6', '#2f9c8c'];
const EYES = ['#2a1c15', '#4a2f1d', '#7a5230', '#6b7a3a', '#3d7a5a', '#3f77b5', '#6e8aa3', '#7b5ea8'];
const CLOTH = ['#f4f2ee', '#20222b', '#5a6270', '#c8423b', '#e07a5f', '#e0a526', '#588157', '#2aa198', '#3f6b8c', '#3457b8', '#7a5aa6', '#d3639a'];
const GROUND = ['#ffffff', '#f3e9dc', '#ffd9cf', '#ffe9a8', '#d6efd8', '#c9e8f5', '#d9d6f7', '#f6cfe3', '#2b2f3a', '#b9391a'];
const METAL = ['#d9b24c', '#cfd3da', '#c98a6b', '#2b2b33', '#3aa6a0', '#c8423b'];

const GARMENTS = ['tshirt', 'shirt', 'sweater', 'hoodie', 'suit', 'waistcoat', 'coat', 'dress', 'tank', 'none'];
const PATTERNS = ['plain', 'stripes', 'pinstripes', 'plaid', 'dots'];
const MOODS = {
  calm: { smile: 0.05, open: 0, teeth: false },
  smile: { smile: 0.35, open: 0, teeth: false },
  grin: { smile: 0.4, open: 7, teeth: true },
  laugh: { smile: 0.45, open: 16, teeth: true },
  surprised: { smile: 0, open: 15, teeth: false },
  stern: { smile: -0.2, open: 0, teeth: false },
};
const AGES = { child: { grown: -0.7 }, young: { grown: 0.1 }, adult: { grown: 0.55 }, mature: { grown: 1 } };
const NAMES = { tshirt: 'T-shirt', tophat: 'top hat', none: 'none', cat: 'cat-eye', v: 'V-neck' };

/** A name for people. */
export const called = (name) => NAMES[name] ?? words(name);

/** A tile: { id, name, look | wear | traits: what it changes, on(state): whether it is chosen, choose(state) }. A category
 * or tile that is `drawn` changes drawings alone: photo styles show the person's own hair, face and clothes. */
export function categories(parsona, base) {
  const kinds = parsona.accessories();
  return [
    traitTiles('mood', 'Expression', 'mouth', Object.entries(MOODS).map(([id, value]) => [id, value])),
    traitTiles('age', 'Age', 'face', Object.entries(AGES)),
    worn('hair', 'Hair', kinds, base, HAIR, 'As in the photo'),
    worn('beard', 'Beard', kinds, base, HAIR, 'As in the photo'),
    worn('glasses', 'Glasses', kinds, base, METAL, base.glasses?.shape && 'As in the photo'),
    worn('hat', 'Hat', kinds, base, CLOTH, base.hat?.shape && 'As in the photo'),
    worn('earrings', 'Earrings', kinds, base, METAL, base.earrings?.shape && 'As in the photo'),
    worn('headphones', 'Headphones', kinds, base, CLOTH),
    worn('scarf', 'Scarf', kinds, base, CLOTH),
    worn('mask', 'Mask', kinds, base, CLOTH),
    clothes(base),
    traitTiles('pattern', 'Pattern', 'upper', PATTERNS.map((id) => [id, { pattern: id }]), ['second', CLOTH, base]),
    { id: 'skin', name: 'Skin and eyes', drawn: true, tiles: [], colors: [traitColor('Skin', 'face', 'skin', SKIN, base), traitColor('Eyes', 'eyes', 'color', EYES, base)] },
    background(kinds),
  ].filter(({ tiles, colors }) => tiles.length || colors.length);
}

/** What can be put on: as in the photo, nothing, or one by name. */
function worn(kind, name, kinds, base, palette, own) {
  if (!kinds[kind]) return { tiles: [], colors: [] };
  const tile = (id, text, choice) => ({
    id, name: text, wear: { [kind]: choice },
    on: (state) => (state.of().wear[kind]?.name ?? '') === (choice?.name ?? ''),
    choose: (state) => state.setWear(kind, choice && { ...choice, color: state.of().wear[kind]?.color ?? null }),
  });
  const tiles = [
    own ? tile('own', own, null) : null,
    own ? { ...tile('none', 'None', { name: 'none' }), drawn: true } : tile('own', 'None', null),
    ...kinds[kind].map((id) => tile(id, called(id), { name: id })),
  ].filter(Boolean);
  // Hair and beards have the person's colour whatever their form; other things have their own.
  const ofPerson = kind === 'hair' || kind === 'beard';
  const color = ofPerson ? traitColor('Colour', kind, 'color', palette, base) : {
    name: 'Colour', palette,
    get: (state) => state.of().wear[kind]?.color ?? state.of().traits[kind]?.color ?? (own ? base[kind].color : null),
    set(state, value, key) {
      const choice = state.of().wear[kind];
      if (choice && choice.name !== 'none') state.setWear(kind, { ...choice, color: value }, key);
      else state.setTrait(kind, { color: value }, key);
    },
    useful: (state, painted) => {
      const choice = state.of().wear[kind];
      return choice ? choice.name !== 'none' : !!own && !painted;
    },
  };
  return { id: kind, name, drawn: ofPerson, tiles, colors: [color] };
}

function traitColor(name, group, field, palette, base) {
  return {
    name, palette,
    get: (state) => state.of().traits[group]?.[field] ?? base[group]?.[field] ?? null,
    set: (state, value, key) => state.setTrait(group, { [field]: value }, key),
    useful: () => true,
  };
}

/** Ready-made values of some traits; the first tile is the photo's. */
function traitTiles(id, name, group, values, color) {
  const same = (state, value) => {
    const own = state.of().traits[group] ?? {};
    return Object.entries(value).every(([field, v]) => own[field] === v);
  };
  const fields = [...new Set(values.flatMap(([, value]) => Object.keys(value)))];
  const none = Object.fromEntries(fields.map((field) => [field, undefined]));
  return {
    id, name, drawn: true,
    tiles: [
      { id: 'own', name: 'As in the photo', traits: { [group]: none }, on: (state) => same(state, none), choose: (state) => state.setTrait(group, none) },
      ...values.map(([key, value]) => ({
        id: key, name: called(key), traits: { [group]: value },
        on: (state) => same(state, value), choose: (state) => state.setTrait(group, value),
      })),
    ],
    colors: color ? [{ ...traitColor('Second colour', group, color[0], color[1], color[2]),
      useful: (state) => !['plain', undefined].includes(state.of().traits[group]?.pattern ?? color[2][group]?.pattern) }] : [],
  };
}

function clothes(base) {
  const made = traitTiles('clothes', 'Clothes', 'upper', GARMENTS.map((kind) => [kind, { kind }]));
  made.colors = [traitColor('Colour', 'upper', 'color', CLOTH, base)];
  return made;
}

function background(kinds) {
  const tile = (id, text, choice) => ({
    id, name: text, look: { background: choice },
    on: ({ look }) => (look.background?.name ?? '') === (choice?.name ?? ''),
    choose: (state) => state.setLook({ background: choice && { ...choice, color: state.look.background?.color ?? null } }),
  });
  return {
    id: 'background', name: 'Background',
    tiles: [tile('own', 'The style’s', null), tile('none', 'Transparent', { name: 'none' }),
      ...kinds.background.map((id) => tile(id, called(id), { name: id }))],
    colors: [{
      name: 'Colour', palette: GROUND,
      get: ({ look }) => look.background?.color ?? null,
      set: (state, value, key) => {
        const { background: now } = state.look;
        state.setLook({ background: { name: now && now.name !== 'none' ? now.name : 'plain', color: value } }, key);
      },
      useful: () => true,
    }],
  };
}
