// Small helpers over the DOM. No markup from strings, no inline styles: the page's CSP allows neither.

/** An element: h('p.hint', { id: 'x', onclick }, 'text', child). */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key.startsWith('--')) element.style.setProperty(key, value);
    else if (key in element && key !== 'list') element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const $ = (id) => document.getElementById(id);

/** Says something to screen readers. */
export function announce(text) {
  $('announce').textContent = text;
}

/** 'left_arm' -> 'left arm' */
export const words = (label) => label.replaceAll('_', ' ');

export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

export const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** An icon of index.html's symbols. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.classList.add('icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#${name}`);
  svg.append(use);
  return svg;
}

/** The way out of a photo that leads nowhere. */
export const anotherPhoto = () => h('button.button.primary.small', { type: 'button', onclick: () => $('file').click() },
  icon('i-image'), 'Choose another photo');

/** Runs `work` at the next frame, once however often it is called. */
export function atNextFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; work(); });
  };
}
