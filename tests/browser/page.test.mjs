// The page as a visitor has it: a real photo, with and without cross-origin isolation, under its CSP.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import { drop, launch, open, photo, pixelsOf, ready, serve, summary } from './support.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const type = photo?.endsWith('.png') ? 'image/png' : 'image/jpeg';

for (const isolation of [true, false])
  describe(isolation ? 'isolated' : 'not isolated', { skip: photo ? false : 'no photo at hand' }, () => {
    let site, page, problems, requests, context, result;

    before(async () => {
      site = await serve({ isolation });
      ({ page, problems, requests, context } = await open(browser, site.url, {
        viewport: { width: 1280, height: 800 }, acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'],
      }));
      await ready(page);
      requests.length = 0;
      await drop(page, readFileSync(photo), basename(photo), type);
      result = await summary(page);
    });
    after(async () => {
      await context?.close();
      site?.close();
    });

    const save = async (name) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(`.downloads button:has-text("${name}")`)]);
      return readFileSync(await download.path());
    };

    test('says how it computes', async () => {
      assert.equal(await page.evaluate(() => crossOriginIsolated), isolation);
      const line = await page.textContent('#engine-line');
      const cores = await page.evaluate(() => navigator.hardwareConcurrency);
      assert.match(line, isolation && cores > 1 ? /\d threads/ : /one thread/);
      const about = await page.textContent('#about-body');
      if (!isolation && cores > 1) assert.match(about, /not cross-origin isolated/);
      assert.match(about, /Apache-2\.0/);
      assert.match(await page.textContent('.terms'), /commercial use/i);
    });

    test('finds the person and their parts', async () => {
      assert.match(result, /^(One person|\d+ people)$/);
      const parts = await page.locator('section[aria-label=Parts] .name').allTextContents();
      for (const part of ['hair', 'face', 'upper clothes']) assert.ok(parts.includes(part), part);
    });

    test('draws the map where the person is', async () => {
      const pixels = await pixelsOf(page, '.picture .map');
      assert.ok(pixels.share > 0.1 && pixels.share < 0.9, `${pixels.share}`);
      assert.equal(pixels.corner, 0);
    });

    test('names what is pointed at', async () => {
      const json = JSON.parse(await save('result.json'));
      const [x, y] = json.persons[0].keypoints.nose;
      const box = await page.locator('.picture').boundingBox();
      await page.mouse.move(box.x + x / json.width * box.width, box.y + y / json.height * box.height);
      await page.waitForSelector('.tip.on');
      assert.match(await page.textContent('.tip'), /Face|Nose/);
      await page.waitForSelector('.row.lit');
      const mark = await pixelsOf(page, '.picture .mark');
      assert.ok(mark.drawn > 0 && mark.share < 0.5, 'the outline is drawn');
    });

    test('a part can be taken away', async () => {
      const count = async () => (await pixelsOf(page, '.picture .map')).opaque;
      const full = await count();
      await page.click('.row:has-text("upper clothes")');
      await page.waitForTimeout(300);
      assert.ok(await count() < 0.95 * full);
      await page.click('.row:has-text("upper clothes")');
      await page.waitForTimeout(300);
      assert.equal(await count(), full);
    });

    test('downloads are what they say', async () => {
      const map = await save('Colour map');
      assert.equal(map.toString('latin1', 1, 4), 'PNG');
      const json = JSON.parse(await save('result.json'));
      assert.deepEqual([map.readUInt32BE(16), map.readUInt32BE(20)], [json.width, json.height]);
      const shown = await save('As shown');
      assert.deepEqual([shown.readUInt32BE(16), shown.readUInt32BE(20)], [json.width, json.height]);
      const coco = JSON.parse(await save('COCO'));
      assert.equal(coco.annotations.filter((a) => a.category_id === 1).length, json.persons.length);
      const zip = unzipSync(await save('Masks'));
      assert.ok(zip['person_1/hair.png'] && zip['person_1/person.png'] && zip['labels.png']);
      assert.equal(JSON.parse(strFromU8(zip['result.json'])).persons.length, json.persons.length);
      await page.click('.downloads button:has-text("Copy")');
      await page.waitForSelector('.said:has-text("Copied")');
      const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => item.types));
      assert.ok(types.includes('image/png'));
    });

    test('the three views and the divider', async () => {
      await page.click('label:has(input[value=compare])');
      await page.focus('.cutter input');
      await page.keyboard.press('ArrowRight');
      assert.equal(await page.evaluate(() => document.querySelector('#stage').style.getPropertyValue('--cut')), '51.00%');
      await page.click('label:has(input[value=map])');
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.picture img')).visibility), 'hidden');
      await page.click('label:has(input[value=overlay])');
    });

    test('what is no picture is explained, and the next photo works', async () => {
      await drop(page, Buffer.from('this is a text'), 'note.txt', 'text/plain');
      assert.equal(await summary(page), 'That did not work');
      await page.click('#again');
      await page.setInputFiles('#file', photo);
      assert.equal(await summary(page), result);
    });

    test('a parse can be cancelled', async () => {
      await page.click('#again');
      // In the middle of it: when the first person is being looked at.
      await page.evaluate(() => {
        const watch = new MutationObserver(() => {
          const card = document.querySelector('.working');
          if (!/^Person/.test(card?.querySelector('[role=status]').textContent)) return;
          watch.disconnect();
          card.querySelector('button').click();
          document.body.dataset.cancelled = '';
        });
        watch.observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      await page.setInputFiles('#file', photo);
      await page.waitForSelector('body[data-cancelled] #start:not([hidden])', { timeout: 120_000 });
      assert.equal(await page.locator('#summary').count(), 0);
      await page.setInputFiles('#file', photo);
      assert.equal(await summary(page), result);
    });

    test('nothing was asked for after loading, and nobody complained', () => {
      assert.deepEqual(requests, []);
      assert.deepEqual(problems, []);
    });
  });

describe('on a phone', { skip: photo ? false : 'no photo at hand' }, () => {
  test('fits 390 pixels, before and after, light and dark', async () => {
    const site = await serve();
    for (const colorScheme of ['light', 'dark']) {
      const { page, context, problems } = await open(browser, site.url, {
        viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme,
      });
      const fits = async () => {
        const wide = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((e) => {
          const box = e.getBoundingClientRect();
          return box.width && box.right > innerWidth + 1 && !e.closest('.wrap, svg, .sample, .unseen, .skip, .tip, .picture');
        }).map((e) => e.className || e.tagName));
        assert.deepEqual(wide, []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      };
      await ready(page);
      await fits();
      await page.setInputFiles('#file', photo);
      await summary(page);
      await fits();
      const small = await page.evaluate(() => [...document.querySelectorAll('button, .row, .segments label')].filter((e) => {
        const box = e.getBoundingClientRect();
        return box.width && !e.matches('.link') && (box.height < 36 || box.width < 36);
      }).map((e) => e.textContent));
      assert.deepEqual(small, [], 'large enough for a finger');
      await page.tap('.picture', { position: { x: 195, y: 60 } });
      assert.deepEqual(problems, []);
      await context.close();
    }
    site.close();
  });
});

test('works by keyboard and names its controls', async () => {
  const site = await serve();
  const { page, context, problems } = await open(browser, site.url);
  await ready(page);
  const order = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab');
    order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName));
  }
  assert.deepEqual(order, ['skip', 'brand', 'settings', 'file', 'camera', 'SUMMARY']);
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, a, input:not([aria-hidden])')].filter((e) =>
    !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).map((e) => e.outerHTML));
  assert.deepEqual(nameless, []);
  assert.equal(await page.locator('main').count(), 1);
  assert.equal(await page.locator('h1').count(), 1);
  assert.deepEqual(problems, []);
  await context.close();
  site.close();
});
