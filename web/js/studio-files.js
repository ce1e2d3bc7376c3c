// Avatars to take along: one as SVG or PNG, everybody's as a sheet or one by one.
import { zipSync } from '../vendor/fflate.js';
import { h } from './dom.js';

const PNG = 'image/png';
export const SVG = 'image/svg+xml';

/** `choice`: { size, shape: 'square' | 'round', transparent }. */
export const fileOptions = (options, { size, transparent }) => ({ ...options, size, ...(transparent && { background: 'none' }) });

export async function avatarPNG(avatar, { size, shape }) {
  return new Blob([await avatar.png({ size, round: shape === 'round' })], { type: PNG });
}

export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function copyPicture(blob) {
  await navigator.clipboard.write([new ClipboardItem({ [PNG]: blob })]);
}

/** Everybody on one picture, in rows of about equal length. `avatars`: [{ avatar }]. */
export async function sheet(avatars, { size, shape, transparent }) {
  const count = avatars.length;
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const side = Math.min(size, Math.floor(4096 / columns));
  const gap = Math.round(side / 16);
  const canvas = h('canvas', { width: columns * side + (columns + 1) * gap, height: rows * side + (rows + 1) * gap });
  const context = canvas.getContext('2d');
  if (!transparent) {
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  for (const [i, { avatar }] of avatars.entries()) {
    const bitmap = await createImageBitmap(await avatarPNG(avatar, { size: side, shape }));
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (canvas.width - inRow * side - (inRow - 1) * gap) / 2;
    context.drawImage(bitmap, left + (i % columns) * (side + gap), gap + row * (side + gap));
    bitmap.close();
  }
  return new Promise((resolve, reject) => canvas.toBlob(
    (blob) => { if (blob) resolve(blob); else reject(new Error('This sheet is too large to draw here.')); }, PNG));
}

/** A file each: SVG, PNG, and the traits that the avatar can be made from again. */
export async function everybodyZip(avatars, choice) {
  const text = new TextEncoder();
  const files = {};
  for (const { id, avatar } of avatars) {
    files[`person_${id}.svg`] = text.encode(avatar.svg);
    files[`person_${id}.png`] = new Uint8Array(await (await avatarPNG(avatar, choice)).arrayBuffer());
    files[`person_${id}.json`] = text.encode(JSON.stringify(avatar.traits));
  }
  return new Blob([zipSync(files, { level: 6 })], { type: 'application/zip' });
}
