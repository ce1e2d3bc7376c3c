// The first view: the colour map over the photo.
import { anotherPhoto, atNextFrame, h } from './dom.js';
import { downloadSection } from './downloads.js';
import { Look, lookSections, presentLabels, slider } from './panel.js';
import { openSettings } from './settings.js';

export const mapView = {
  id: 'map',
  name: 'Map',

  /** `context`: { parsona, scene, stage, name, milliseconds } and the elements panel, modes, under (the stage). */
  open({ parsona, scene, stage, panel, modes, under, name, milliseconds }) {
    if (!scene.persons.length) {
      panel.replaceChildren(nobody());
      return () => {};
    }
    const look = new Look(scene);
    let opacity = 0.72;
    const draw = atNextFrame(() => stage.draw(look.options));

    const { sections, light } = lookSections({
      scene, look, image: stage.image, changed: draw,
      point: (person, label) => stage.highlight(person, label),
    });
    stage.hovered = light;
    stage.colorOf = (id, label) => {
      const entry = scene.legend({ palette: look.palette, tint: look.tint }).find((e) => e.label === label);
      return entry?.colors.get(id) ?? [128, 128, 128];
    };
    const opacityField = slider('Opacity of the map', 100 * opacity, (value) => {
      opacity = value / 100;
      stage.setOpacity(opacity);
    });
    under.replaceChildren(opacityField);

    modes.replaceChildren(...modeButtons((mode) => {
      stage.setMode(mode);
      opacityField.hidden = mode !== 'overlay';
    }));
    modes.hidden = false;
    stage.setMode('overlay');
    stage.setOpacity(opacity);
    draw();
    panel.replaceChildren(summary(scene, milliseconds, parsona.terms), ...sections, downloadSection({
      parsona, scene, name, image: stage.image,
      mapOptions: () => look.options, opacity: () => opacity, mode: () => stage.element.dataset.mode,
    }));
    return () => {
      modes.hidden = true;
      under.replaceChildren();
      stage.hovered = () => {};
    };
  },
};

function modeButtons(choose) {
  return [['overlay', 'Overlay'], ['compare', 'Compare'], ['map', 'Map']].map(([mode, name]) =>
    h('label', {}, h('input', {
      type: 'radio', name: 'mode', value: mode, checked: mode === 'overlay', onchange: () => choose(mode),
    }), h('span', {}, name)));
}

export function countOf(scene) {
  const people = scene.persons.length;
  return people === 1 ? 'One person' : `${people} people`;
}

function summary(scene, milliseconds, terms) {
  const parts = presentLabels(scene).length;
  return h('section', { 'aria-label': 'Summary' },
    h('h2', { id: 'summary', tabIndex: -1 }, countOf(scene)),
    h('p.lede', {}, `${parts} kinds of parts on ${scene.width} × ${scene.height} pixels, in `
      + `${(milliseconds / 1000).toFixed(milliseconds < 950 ? 2 : 1)} seconds. Point at the photo to read it.`),
    termsLine(terms));
}

/** What may be done with the result. */
export function termsLine(terms) {
  const text = terms.commercialUse === false ? 'Not for commercial use.' : terms.text; // by which networks: in the settings
  return h(`p.terms${terms.commercialUse ? '' : '.bound'}`, {}, `${text} `,
    h('button.link', { type: 'button', onclick: () => openSettings() }, 'Terms and parser'));
}

function nobody() {
  return h('section.trouble', {},
    h('h2', { id: 'summary', tabIndex: -1 }, 'Nobody found'),
    h('p.lede', {}, 'There seems to be no person in this photo, or only very small or hidden ones. '
      + 'A photo in which people are at least as tall as a fifth of the picture works best.'),
    h('div.buttons', {}, anotherPhoto()));
}
