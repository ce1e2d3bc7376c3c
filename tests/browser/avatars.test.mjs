// The studio and the figure: avatars of a real photo, made, changed, undone and saved.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { launch, open, photo, ready, serve, summary } from './support.mjs';

const SLOW = { timeout: 180_000 };
let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

describe('avatars', { skip: photo ? false : 'skipped: no photos' }, () => {
  let site, page, problems, requests, context;

  before(async () => {
    site = await serve();
    ({ page, problems, requests, context } = await open(browser, site.url, {
      viewport: { width: 1280, height: 800 }, acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'],
    }));
    await ready(page);
    requests.length = 0;
    await page.setInputFiles('#file', photo);
    await summary(page);
  });
  after(async () => {
    await context?.close();
    site?.close();
  });

  // By script: a click waits for a quiet page, which an animation never is.
  const press = (selector) => page.locator(selector).first().dispatchEvent('click');
  const save = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download', SLOW), press(`.downloads button:has-text("${name}")`)]);
    return readFileSync(await download.path());
  };
  /** Names of the files that were asked for, by the page and once more by its service worker. */
  const fetched = () => [...new Set(requests.map((r) => r.replace(/.*\//, '')))].sort();
  /** The drawing that is shown, once it is another than `old`. */
  const drawing = async (old) => {
    await page.waitForFunction((before_) => {
      const img = document.querySelector('.avatar img');
      return img?.complete && img.naturalWidth && img.src !== before_;
    }, old, SLOW);
    return page.getAttribute('.avatar img', 'src');
  };

  test('the studio shows an avatar, and fetched only what it needs', async () => {
    await press('#tab-avatar');
    await drawing('');
    assert.match(await page.getAttribute('.avatar img', 'alt'), /avatar/i);
    assert.equal(await page.getAttribute('#tab-avatar', 'aria-selected'), 'true');
    assert.deepEqual(fetched(), ['face_mesh.safetensors']);
  });

  test('a person is read ahead where nothing is fetched for it', async () => {
    const asked = await page.evaluate(async () => {
      const { readAhead } = await import('/js/ahead.js');
      const with_ = async (...files) => {
        let times = 0;
        await readAhead({ cache: { list: async () => files.map((file) => ({ file })) } }, { persons: [{ traits: async () => { times++; } }] });
        return times;
      };
      return [await with_(), await with_('weights/blazepose_full.safetensors'), await with_('weights/face_mesh.safetensors')];
    });
    assert.deepEqual(asked, [0, 0, 1]);
  });

  test('style, accessory and colour change it, and can be undone by keyboard', async () => {
    const first = await drawing('');
    await press('.tile:has-text("Anime") input');
    const anime = await drawing(first);
    assert.match(await page.getAttribute('.avatar img', 'alt'), /anime/);
    await press('.pills input[value=hat]');
    await press('.tile:has-text("Beanie") input');
    const hat = await drawing(anime);
    assert.match(await page.getAttribute('.avatar img', 'alt'), /beanie hat/);
    await press('.colors input[value="#c8423b"]');
    await drawing(hat);
    const before_ = await page.getAttribute('.avatar img', 'src');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await drawing(before_);
    await page.waitForFunction(() => !/beanie/.test(document.querySelector('.avatar img').alt), null, SLOW);
    assert.ok(await page.isEnabled('.toolbar button:has-text("Redo")'));
    await page.keyboard.press('Control+y');
    await page.waitForFunction(() => /beanie/.test(document.querySelector('.avatar img').alt), null, SLOW);
  });

  test('tiles show the person with each thing on', async () => {
    await page.waitForFunction(() => [...document.querySelectorAll('.tile img')].every((img) => img.naturalWidth), null, SLOW);
    const sources = await page.$$eval('.tile img', (all) => new Set(all.map(({ src }) => src)).size);
    assert.ok(sources >= 12, `${sources} tiles`);
  });

  test('a style that paints over the photo offers what it can show', async () => {
    const state = () => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('.pills input')].map((i) => [i.value, !i.disabled])));
    assert.ok(Object.values(await state()).every(Boolean));
    await press('.pills input[value=hair]');
    const drawn = await drawing('');
    await press('.tile:has-text("Pencil") input');
    const painted = await drawing(drawn);
    const offered = await state();
    for (const id of ['mood', 'hair', 'beard', 'clothes', 'pattern', 'skin']) assert.equal(offered[id], false, id);
    for (const id of ['hat', 'glasses', 'headphones', 'background']) assert.equal(offered[id], true, id);
    assert.ok(await page.isVisible('#painted-hint'));
    assert.equal(await page.locator('.pills input:checked:enabled').count(), 1, 'one that applies is open');
    assert.ok(await page.locator('.tiles:not(.large) .tile:visible').count() > 3);
    await press('.tile:has-text("Anime") input');
    await drawing(painted);
    assert.ok(Object.values(await state()).every(Boolean));
    assert.ok(await page.isHidden('#painted-hint'));
    assert.equal(await page.inputValue('.pills input:checked'), 'hair', 'what was open before');
  });

  test('files have the size and the form that was chosen', async () => {
    assert.match((await save('Drawing (SVG)')).toString(), /^<svg /);
    const sizeOf = (png) => [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.deepEqual(sizeOf(await save('Picture (PNG)')), [512, 512]);
    await press('input[name=size][value="1024"]');
    await press('input[name=shape][value=round]');
    assert.deepEqual(sizeOf(await save('Picture (PNG)')), [1024, 1024]);
    await press('.check:has-text("Transparent") input');
    assert.doesNotMatch((await save('Drawing (SVG)')).toString(), /<g id="background">\s*<[^/]/);
    await press('.downloads button:has-text("Copy")');
    await page.waitForSelector('.said:has-text("Copied")', SLOW);
  });

  test('a seed dresses up, the photo undresses', async () => {
    const shown = await page.getAttribute('.avatar img', 'src');
    await press('.toolbar button:has-text("Shuffle")');
    const shuffled = await drawing(shown);
    await press('.toolbar button:has-text("As in the photo")');
    await drawing(shuffled);
    assert.doesNotMatch(await page.getAttribute('.avatar img', 'alt'), /beanie/);
  });

  test('every control has a name, and the other views are a key away', async () => {
    const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input:not([aria-hidden])')].filter((e) =>
      !(e.textContent.trim() || e.getAttribute('aria-label') || [...e.labels ?? []].some((l) => l.textContent.trim())))
      .map((e) => e.outerHTML));
    assert.deepEqual(nameless, []);
    await page.focus('#tab-avatar');
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('#tab-map[aria-selected=true]');
    assert.equal(await page.locator('.avatar-stage').count(), 0);
  });

  test('the figure stands, moves, and is saved as GLB and VRM', async () => {
    requests.length = 0;
    await press('#tab-figure');
    await page.waitForSelector('.figure-stage[aria-busy=false]', SLOW);
    assert.deepEqual(fetched(), ['body.bin', 'figure.js']);
    const seen = () => page.evaluate(() => {
      const canvas = document.querySelector('.figure-stage canvas');
      const copy = new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0, 64, 64);
      return [...copy.getImageData(0, 0, 64, 64).data];
    });
    // The first frame comes after the figure is there, late where the graphics are the processor's.
    const drawn = (pixels) => pixels.filter((v, i) => i % 4 === 3 && v > 200).length > 40;
    let standing = await seen();
    for (let tries = 0; tries < 60 && !drawn(standing); tries++) {
      await page.waitForTimeout(500);
      standing = await seen();
    }
    assert.ok(drawn(standing), 'a figure is drawn');
    await press('input[name=move][value=walk]');
    await page.waitForTimeout(1500);
    const walking = await seen();
    assert.ok(walking.some((v, i) => Math.abs(v - standing[i]) > 40), 'and moves');
    assert.ok(await page.locator('section[aria-label=Face] input[type=range]').count() >= 10);
    const glb = await save('GLB');
    assert.deepEqual([glb.toString('latin1', 0, 4), glb.readUInt32LE(4), glb.readUInt32LE(8)], ['glTF', 2, glb.length]);
    const vrm = await save('VRM 1.0');
    assert.match(vrm.toString('latin1', 0, 20_000), /VRMC_vrm/);
  });

  test('nobody complained', () => {
    assert.deepEqual(problems, []);
  });
});

test('settings state the parser and the terms', async () => {
  const site = await serve();
  const { page, context, problems } = await open(browser, site.url);
  await ready(page);
  await page.click('#settings');
  await page.waitForSelector('#settings-dialog[open] input[name=parser]');
  const manifest = await (await fetch(`${site.url}parsona/manifest.json`)).json();
  const ours = manifest.weights.some(({ role }) => role === 'parts-lite');
  assert.equal(await page.isEnabled('input[name=parser][value=auto]'), ours);
  assert.equal(await page.isChecked(`input[name=parser][value=${ours ? 'auto' : 'permissive'}]`), true);
  assert.match(await page.textContent('section[aria-label=Terms]'), /commercial use/i);
  assert.match(await page.textContent('section[aria-label=Storage]'), /movenet_multipose/);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#settings-dialog[open]').count(), 0);
  assert.deepEqual(problems, []);
  await context.close();
  site.close();
});
