// Be your avatar: the camera's person moves the figure, and nothing leaves the page.
import { announce, h, icon } from './dom.js';

const CAMERA = { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };

/** Why there is no camera, in words that help. */
function reason({ name, message }) {
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return 'The camera is blocked for this page. Allow it in the address bar, then try again.';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'No camera was found. Connect one, then try again.';
  if (name === 'NotReadableError' || name === 'AbortError') return 'The camera is in use by another program. Close it there, then try again.';
  return `The camera could not be used: ${message}`;
}

/** `stage`: where the self-view goes; `say(text)`: a status line; `viewer()`: the figure's; `changed(on)`: the camera
 * takes the figure or gives it back. */
export class PuppetControl {
  #stream = null;
  #tracker = null;
  #fresh = false; // the camera has a picture that was not looked at
  #wake = () => {};
  #run = 0; // of the latest start

  constructor({ parsona, stage, say, viewer, changed }) {
    Object.assign(this, { parsona, stage, say, viewer, changed });
    this.button = h('button.button.small', { type: 'button', 'aria-pressed': 'false', onclick: () => (this.on ? this.stop() : void this.start()) },
      icon('i-camera'), this.words = h('span', {}, 'Be your avatar'));
    this.video = h('video', { muted: true, playsInline: true, 'aria-hidden': 'true' });
    this.rate = h('p', { 'aria-hidden': 'true' });
    this.view = h('div.self-view', { hidden: true }, this.video, this.rate);
    stage.append(this.view);
  }

  get on() {
    return this.button.getAttribute('aria-pressed') === 'true';
  }

  #show(on) {
    this.button.setAttribute('aria-pressed', String(on));
    this.words.textContent = on ? 'Stop the camera' : 'Be your avatar';
    this.view.hidden = !on;
    this.rate.textContent = '';
  }

  async start() {
    const run = ++this.#run;
    const current = () => run === this.#run;
    if (!navigator.mediaDevices?.getUserMedia) {
      this.say('This page may not use a camera here: browsers want https for it.');
      return;
    }
    this.#show(true);
    this.changed(true);
    this.say('Waiting for the camera');
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA, audio: false });
      if (!current()) return stream.getTracks().forEach((track) => track.stop());
      this.#stream = stream;
      stream.getVideoTracks()[0].addEventListener('ended', () => { if (current()) this.stop('The camera went away.'); });
      this.video.srcObject = stream;
      await this.video.play();
      this.say('Looking for you');
      const tracker = await this.parsona.tracker({ mirror: true });
      if (!current()) return tracker.close();
      this.#tracker = tracker;
      this.viewer().puppet = true;
      this.#listen(current);
      await this.#loop(current);
    } catch (error) {
      if (current()) this.stop(this.#stream ? `The camera's picture could not be followed: ${error.message}` : reason(error));
    }
  }

  stop(why = '') {
    if (!this.on) return;
    this.#run++;
    this.#wake();
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = this.video.srcObject = null;
    this.#tracker?.close();
    this.#tracker = null;
    this.#show(false);
    this.say(why);
    if (!why) announce('The camera is off');
    const viewer = this.viewer();
    if (viewer) viewer.puppet = false;
    this.changed(false);
  }

  /** Hears of every picture of the camera. */
  #listen(current) {
    const heard = () => {
      if (!current()) return;
      this.#fresh = true;
      this.#wake();
      next();
    };
    const next = () => (this.video.requestVideoFrameCallback ? this.video.requestVideoFrameCallback(heard) : requestAnimationFrame(heard));
    next();
  }

  async #loop(current) {
    let frames = 0, since = performance.now(), seen = null;
    while (current()) {
      if (!this.#fresh) await new Promise((resolve) => { this.#wake = resolve; });
      if (!current()) return;
      this.#fresh = false;
      const tracked = await this.#tracker.track(this.video);
      if (!current()) return;
      this.viewer().follow(tracked);
      this.view.dispatchEvent(new CustomEvent('tracked', { detail: tracked, bubbles: true }));
      if (tracked && tracked.found !== seen) {
        seen = tracked.found;
        this.say(seen ? '' : 'Nobody to be seen: step back until the camera has your head and shoulders');
      }
      frames++;
      const passed = performance.now() - since;
      if (passed < 1000) continue;
      this.rate.textContent = `${Math.round(1000 * frames / passed)} frames/s`;
      frames = 0;
      since += passed;
    }
  }
}
