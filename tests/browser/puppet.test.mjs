// Be your avatar: a camera made of a photo moves the figure, and is off afterwards.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cameraFile, launch, open, photo, ready, serve, summary } from './support.mjs';

const SLOW = { timeout: 240_000 };
const button = 'button:has-text("Be your avatar")', stop = 'button:has-text("Stop the camera")';

/** Keeps what the page is given and told: streams of the camera, and what the tracker said. */
function watch() {
  window.streams = [];
  window.heard = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    window.streams.push(stream);
    return stream;
  };
  addEventListener('tracked', ({ detail }) => { if (detail) window.heard.push(detail); });
}

async function figure(browser, site, options) {
  const opened = await open(browser, site.url, options);
  await opened.page.evaluate(watch);
  await ready(opened.page);
  await opened.page.setInputFiles('#file', photo);
  await summary(opened.page);
  await opened.page.locator('#tab-figure').dispatchEvent('click');
  await opened.page.waitForSelector('.figure-stage[aria-busy=false]', SLOW);
  return opened;
}

describe('be your avatar', { skip: photo ? false : 'skipped: no photos' }, () => {
  let site, folder;
  before(async () => {
    site = await serve();
    folder = mkdtempSync(join(tmpdir(), 'parsona-camera-'));
    cameraFile(join(folder, 'camera.y4m'));
  });
  after(() => {
    site?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('with a camera', () => {
    let browser, page, problems, requests;
    before(async () => {
      browser = await launch('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-video-capture=${join(folder, 'camera.y4m')}`);
      ({ page, problems, requests } = await figure(browser, site, { viewport: { width: 390, height: 780 } }));
      requests.length = 0;
    });
    after(() => browser?.close());

    const shot = () => page.evaluate(() => {
      const canvas = document.querySelector('.figure-stage canvas');
      const copy = new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0, 64, 64);
      return [...copy.getImageData(0, 0, 64, 64).data];
    });

    test('by keyboard, the person moves the bones', async () => {
      await page.focus(button);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.self-view:not([hidden])', SLOW);
      assert.equal(await page.locator('input[name=move]:checked').count(), 0);
      await page.waitForFunction(() => window.heard.filter(({ found }) => found).length >= 20, null, SLOW);
      const heads = await page.evaluate(() => window.heard.filter(({ found }) => found).map(({ bones }) => bones));
      // How far the person leans: the roll of all bones from the hips to the head together.
      const lean = heads.map((bones) => ['hips', 'spine', 'chest', 'upperChest', 'neck', 'head']
        .reduce((sum, name) => sum + 2 * Math.atan2(bones[name][2], bones[name][3]), 0) * 180 / Math.PI);
      assert.ok(Math.max(...lean) - Math.min(...lean) > 15, `leans from ${Math.min(...lean)} to ${Math.max(...lean)} degrees`);
      const faces = await page.evaluate(() => window.heard.filter(({ face }) => face).length);
      assert.ok(faces > 5, `${faces} faces`);
    });

    test('the picture moves with them, and the rate is shown', async () => {
      const before_ = await shot();
      let most = 0;
      for (let i = 0; i < 20 && most < 40; i++) {
        await page.waitForTimeout(300);
        most = (await shot()).reduce((max, v, k) => Math.max(max, Math.abs(v - before_[k])), 0);
      }
      assert.ok(most >= 40, `pixels change by ${most}`);
      await page.waitForFunction(() => /^\d+ frames\/s$/.test(document.querySelector('.self-view p').textContent), null, SLOW);
    });

    test('who leaves is lost, and found again', async () => {
      await page.waitForFunction(() => {
        const gone = window.heard.findIndex(({ found }, i) => i > 0 && !found && window.heard[i - 1].found);
        return gone > 0 && window.heard.slice(gone).some(({ found, searched }) => found && searched);
      }, null, SLOW);
    });

    test('stopped, the camera is off and the figure idles', async () => {
      await page.locator(stop).dispatchEvent('click');
      await page.waitForSelector(button);
      assert.deepEqual(await page.evaluate(() => window.streams.flatMap((s) => s.getTracks()).map((t) => t.readyState)), ['ended']);
      assert.equal(await page.getAttribute(button, 'aria-pressed'), 'false');
      assert.ok(await page.locator('.self-view').isHidden());
      assert.equal(await page.locator('input[name=move]:checked').inputValue(), 'idle');
      const count = await page.evaluate(() => window.heard.length);
      await page.waitForTimeout(1000);
      assert.ok(await page.evaluate(() => window.heard.length) <= count + 1);
    });

    test('leaving the view, or choosing a movement, ends it as well', async () => {
      const live = () => page.evaluate(() => window.streams.flatMap((s) => s.getTracks()).filter((t) => t.readyState === 'live').length);
      const begin = async () => {
        const before_ = await page.evaluate(() => window.heard.length);
        await page.locator(button).dispatchEvent('click');
        await page.waitForFunction((n) => window.heard.length > n, before_, SLOW);
        assert.equal(await live(), 1);
      };
      await begin();
      await page.locator('input[name=move][value=walk]').dispatchEvent('click');
      await page.waitForSelector(button);
      assert.equal(await live(), 0);
      assert.equal(await page.locator('input[name=move]:checked').inputValue(), 'walk');
      await begin();
      await page.locator('#tab-map').dispatchEvent('click');
      await page.waitForSelector('#tab-map[aria-selected=true]');
      assert.equal(await live(), 0);
    });

    test('nothing was asked for, and nobody complained', () => {
      assert.deepEqual(requests, []);
      assert.deepEqual(problems, []);
    });
  });

  test('without a camera, or without leave, it says so', async () => {
    const browser = await launch();
    try {
      const { page } = await figure(browser, site);
      await page.locator(button).dispatchEvent('click');
      await page.waitForFunction(() => /camera/i.test(document.querySelector('.stage-note').textContent)
        && document.querySelector('.self-view').hidden, null, SLOW);
      assert.match(await page.textContent('.stage-note'), /No camera was found|blocked for this page/);
      assert.ok(await page.isEnabled(button));
    } finally {
      await browser.close();
    }
  });
});
