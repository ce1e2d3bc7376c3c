// The figure on the page: shown, turned around, moved. Bundled with three.js by build.mjs, loaded with the first figure.
import {
  AnimationMixer, Box3, CircleGeometry, Color, DirectionalLight, HemisphereLight, LoopRepeat, Mesh, MeshBasicMaterial, NeutralToneMapping,
  PCFShadowMap, PerspectiveCamera, Scene, ShadowMaterial, SkeletonHelper, TextureLoader, Timer, Vector3, WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { VRMLoaderPlugin, VRMUtils } from '@pixiv/three-vrm';
import { Puppet } from './puppet.mjs';

/** Reads a file's bytes. Pictures come by <img>, which the page's policy allows for blobs, and not by fetch. */
async function read(bytes) {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  loader.register((parser) => {
    parser.textureLoader = new TextureLoader(parser.options.manager);
    return { name: 'pictures-by-element' };
  });
  return loader.parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength), '');
}

export class FigureViewer {
  #renderer;
  #scene = new Scene();
  #camera = new PerspectiveCamera(28, 1, 0.05, 50);
  #orbit;
  #timer = new Timer();
  #vrm = null;
  #clips = [];
  #mixer = null;
  #action = null;
  #skeleton = null;
  #puppet = null;
  #observer;
  #frame = 0;
  #still;

  /** `still`: no movement by itself, for who asked their system for less of it. */
  constructor(canvas, { still = false } = {}) {
    this.canvas = canvas;
    this.#still = still;
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.#renderer.toneMapping = NeutralToneMapping; // the photo's colours are to be known again
    this.#renderer.toneMappingExposure = 1.1;
    this.#renderer.shadowMap.enabled = true;
    this.#renderer.shadowMap.type = PCFShadowMap;
    this.#light();
    this.#orbit = new OrbitControls(this.#camera, canvas);
    this.#orbit.enableDamping = true;
    this.#orbit.minDistance = 0.5;
    this.#orbit.maxDistance = 8;
    this.#orbit.maxPolarAngle = 0.55 * Math.PI;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas.parentElement);
    this.#resize();
    this.#renderer.setAnimationLoop((time) => this.#draw(time));
  }

  #light() {
    const sky = new HemisphereLight(new Color('#ffffff'), new Color('#cfc4b4'), 2.1);
    const key = new DirectionalLight(new Color('#fff4e6'), 1.25);
    key.position.set(1.6, 3.2, 2.6);
    key.castShadow = true;
    key.shadow.mapSize.set(1024, 1024);
    Object.assign(key.shadow.camera, { left: -1.2, right: 1.2, top: 2.2, bottom: -0.4, near: 0.5, far: 8 });
    key.shadow.radius = 6;
    const rim = new DirectionalLight(new Color('#cfe2ff'), 0.9);
    rim.position.set(-2, 2.4, -2.2);
    const ground = new Mesh(new CircleGeometry(1.1, 64), new ShadowMaterial({ opacity: 0.22 }));
    ground.rotation.x = -Math.PI / 2;
    ground.receiveShadow = true;
    const disc = new Mesh(new CircleGeometry(0.75, 64), new MeshBasicMaterial({ color: '#8f877b', transparent: true, opacity: 0.16, depthWrite: false }));
    disc.rotation.x = -Math.PI / 2;
    disc.position.y = -0.002;
    this.#scene.add(sky, key, rim, ground, disc);
  }

  /** Shows a VRM file; `moving` is the same figure's GLB, whose movements it plays. */
  async show(vrmBytes, movingBytes) {
    const [figure, moving] = await Promise.all([read(vrmBytes), read(movingBytes)]);
    const { vrm } = figure.userData;
    if (!vrm) throw new Error('the figure is no VRM');
    const pose = this.#action?.getClip().name;
    const first = !this.#vrm;
    const puppet = this.puppet;
    this.#drop();
    this.#vrm = vrm;
    this.#clips = moving.animations;
    VRMUtils.deepDispose(moving.scene);
    VRMUtils.rotateVRM0(vrm);
    vrm.scene.traverse((node) => {
      if (!node.isMesh) return;
      node.castShadow = true;
      node.frustumCulled = false; // skinned: its box is that of the bind pose
    });
    this.#scene.add(vrm.scene);
    this.#skeleton = new SkeletonHelper(vrm.scene);
    this.#skeleton.visible = this.#wantsSkeleton;
    this.#scene.add(this.#skeleton);
    this.#mixer = new AnimationMixer(vrm.scene);
    this.wireframe(this.#wantsWires);
    if (first) this.look('body');
    if (puppet) this.puppet = true; else this.play(pose ?? 'idle');
  }

  get clips() {
    return this.#clips.map(({ name }) => name);
  }

  get expressions() {
    return this.#vrm?.expressionManager?.expressions.map(({ expressionName }) => expressionName)
      .filter((name) => !/^look|^neutral$|^blink$/.test(name)) ?? [];
  }

  express(name, value) {
    this.#vrm?.expressionManager?.setValue(name, value);
  }

  /** Whether `follow` moves the figure; a movement that is played ends it. */
  get puppet() {
    return this.#puppet !== null;
  }

  set puppet(on) {
    if (!this.#vrm || on === this.puppet) return;
    this.#puppet?.close();
    this.#puppet = null;
    if (!on) return;
    this.#mixer.stopAllAction();
    this.#action = null;
    this.#puppet = new Puppet(this.#vrm);
  }

  /** What `tracker.track` gave. */
  follow(tracked) {
    this.#puppet?.follow(tracked);
  }

  /** A movement by name; '' for the T-pose. */
  play(name) {
    if (!this.#vrm) return;
    this.puppet = false;
    const clip = this.#clips.find((c) => c.name === name);
    const next = clip ? this.#mixer.clipAction(clip) : null;
    this.#vrm.humanoid.autoUpdateHumanBones = false; // clips move the bones themselves
    if (!next) {
      this.#mixer.stopAllAction();
      this.#vrm.humanoid.resetRawPose();
    } else if (next !== this.#action) {
      next.reset().setLoop(LoopRepeat, Infinity).play();
      if (this.#action) next.crossFadeFrom(this.#action, 0.35, false);
      if (this.#still && name !== 'walk' && name !== 'wave') next.paused = true;
    }
    this.#action = next;
  }

  #wantsWires = false;
  wireframe(on) {
    this.#wantsWires = on;
    this.#vrm?.scene.traverse((node) => {
      for (const material of [node.material ?? []].flat()) material.wireframe = on;
    });
  }

  #wantsSkeleton = false;
  skeleton(on) {
    this.#wantsSkeleton = on;
    if (this.#skeleton) this.#skeleton.visible = on;
  }

  /** 'body' or 'face'. */
  look(what) {
    const box = new Box3().setFromObject(this.#vrm.scene);
    const height = box.max.y;
    const target = what === 'face' ? new Vector3(0, height * 0.915, 0) : new Vector3(0, height * 0.5, 0);
    const reach = what === 'face' ? 0.34 : height * 1.12;
    const wide = Math.min(1, this.#camera.aspect / 0.62);
    const distance = reach / (2 * Math.tan(this.#camera.fov * Math.PI / 360)) / wide;
    this.#orbit.target.copy(target);
    this.#camera.position.set(distance * 0.22, target.y + distance * 0.06, distance);
    this.#orbit.update();
  }

  turn(radians) {
    const offset = this.#camera.position.clone().sub(this.#orbit.target).applyAxisAngle(new Vector3(0, 1, 0), radians);
    this.#camera.position.copy(this.#orbit.target).add(offset);
  }

  picture() {
    return new Promise((resolve) => this.canvas.toBlob(resolve, 'image/png'));
  }

  /** Pictures drawn so far, for measurements. */
  get frames() {
    return this.#frame;
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !height) return;
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
  }

  #draw(time) {
    this.#timer.update(time);
    const seconds = Math.min(0.1, this.#timer.getDelta());
    if (this.#puppet) this.#puppet.update(seconds); else this.#mixer?.update(seconds);
    this.#vrm?.update(seconds);
    this.#orbit.update();
    this.#renderer.render(this.#scene, this.#camera);
    this.#frame++;
  }

  #drop() {
    if (!this.#vrm) return;
    this.#mixer.stopAllAction();
    this.#scene.remove(this.#vrm.scene, this.#skeleton);
    VRMUtils.deepDispose(this.#vrm.scene);
    this.#skeleton.dispose();
    this.#vrm = this.#action = this.#puppet = null;
  }

  /** Pauses drawing while it is not seen. */
  set running(on) {
    this.#renderer.setAnimationLoop(on ? (time) => this.#draw(time) : null);
  }

  close() {
    this.#renderer.setAnimationLoop(null);
    this.#observer.disconnect();
    this.#drop();
    this.#orbit.dispose();
    this.#renderer.dispose();
  }
}
