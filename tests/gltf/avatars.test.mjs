// Every avatar that the unit tests made, and one of a photo when there is one: valid to Khronos' validator, and what
// three.js, three-vrm and glTF Transform understand by it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebIO } from '@gltf-transform/core';
import { VRMLoaderPlugin } from '@pixiv/three-vrm';
import * as THREE from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import validator from 'gltf-validator';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const made = join(root, 'build/native/avatars');
const scratch = mkdtempSync(join(tmpdir(), 'parsona-avatars-'));
after(() => rmSync(scratch, { recursive: true }));

function photo() {
  const folder = join(process.env.PARSONA_DATA ?? join(root, '../shared/data'), 'photos');
  const shared = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith('.jpg')).map((f) => join(folder, f)) : [];
  return [...shared.slice(0, 1), '/usr/lib/python3/dist-packages/skimage/data/astronaut.png'].filter(existsSync);
}

const files = existsSync(made) ? readdirSync(made).map((f) => join(made, f)) : [];
const photos = photo();
for (const [i, path] of photos.entries())
  for (const format of ['glb', 'vrm', 'vrm0']) {
    const folder = join(scratch, `${i}-${format}`);
    execFileSync(join(root, 'build/native/parsona'), ['avatar3d', path, '-o', folder, '--format', format, '--person', '1']);
    files.push(join(folder, readdirSync(folder)[0]));
  }
if (!photos.length) console.log('skipped: no photos');

const bytesOf = (file) => new Uint8Array(readFileSync(file));
const jsonOf = (bytes) => {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length)));
};

// Pictures need a browser; the loaders are given a one-pixel stand-in.
globalThis.self ??= globalThis;
globalThis.createImageBitmap ??= async () => ({ width: 1, height: 1, close() {} });

async function load(file) {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  const bytes = bytesOf(file);
  return loader.parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength), '');
}

/** Joints of swinging hair and skirts. */
const swings = (json) => json.nodes.filter((n) => /^(hair|skirt)_\d/.test(n.name)).length;

/** The mesh's places as its bones stand. */
function posed(skinned) {
  skinned.updateWorldMatrix(true, false);
  skinned.skeleton.bones[0].updateWorldMatrix(true, true);
  skinned.skeleton.update();
  const n = skinned.geometry.attributes.position.count;
  return Array.from({ length: n }, (_, i) => skinned.getVertexPosition(i, new THREE.Vector3()));
}

const edgesOf = (skinned) => {
  const { array } = skinned.geometry.index;
  return Array.from(array, (a, i) => [a, array[i % 3 === 2 ? i - 2 : i + 1]]);
};

/** T-pose: triangles look where their normals do, soles are at 0, the skeleton is symmetric. */
function holdsTogether(skinned) {
  const { position, normal } = skinned.geometry.attributes, { array } = skinned.geometry.index;
  const at = (attribute, i) => new THREE.Vector3().fromBufferAttribute(attribute, i);
  let inverted = 0;
  for (let i = 0; i < array.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => at(position, array[i + k]));
    const face = b.sub(a).cross(c.sub(a));
    const mean = at(normal, array[i]).add(at(normal, array[i + 1])).add(at(normal, array[i + 2]));
    inverted += face.dot(mean) < 0;
  }
  // folds of lids, lips and ears
  assert.ok(inverted < 0.006 * array.length / 3, `${inverted} of ${array.length / 3} triangles look inwards`);
  let low = 1;
  for (let i = 0; i < position.count; i++) low = Math.min(low, position.getY(i));
  assert.ok(Math.abs(low) < 0.012, `the lowest point is at ${low}`);
  const bones = new Map(skinned.skeleton.bones.map((b) => [b.name, b.getWorldPosition(new THREE.Vector3())]));
  for (const [name, left] of bones) {
    if (!name.endsWith('_l') || name.startsWith('eye')) continue;
    const right = bones.get(`${name.slice(0, -1)}r`);
    assert.ok(Math.hypot(left.x + right.x, left.y - right.y, left.z - right.z) < 2e-3, name);
  }
}

/** No edge is drawn out over a walk or a wave. */
function doesNotTear(gltf, skinned) {
  const rest = posed(skinned), edges = edgesOf(skinned);
  const mixer = new THREE.AnimationMixer(gltf.scene);
  for (const clip of gltf.animations) {
    mixer.stopAllAction();
    mixer.clipAction(clip).play();
    for (let i = 0; i < 6; i++) {
      mixer.setTime(clip.duration * i / 6);
      const now = posed(skinned);
      for (const [a, b] of edges) {
        const was = rest[a].distanceTo(rest[b]), is = now[a].distanceTo(now[b]);
        assert.ok(is < 3 * was + 0.03, `${clip.name}: an edge of ${was} m becomes ${is} m`);
      }
    }
  }
  mixer.stopAllAction();
}

test('there are avatars to look at', () => assert.ok(files.length >= 6, `run the unit tests first: ${made}`));

for (const file of files) {
  const name = file.replace(`${made}/`, '').replace(`${scratch}/`, 'photo ');

  test(`${name}: no errors and no warnings`, async () => {
    const report = await validator.validateBytes(bytesOf(file), { maxIssues: 20 });
    // VRM 0.x's extension is called "VRM", which is not the form that glTF asks for.
    const named = (m) => m.code === 'INVALID_EXTENSION_NAME_FORMAT' && m.pointer.startsWith('/extensions');
    const loud = report.issues.messages.filter((m) => m.severity < 2 && !named(m));
    assert.deepEqual(loud.map((m) => `${m.code} ${m.pointer} ${m.message}`), []);
    assert.ok(report.info.totalTriangleCount <= 30000, `${report.info.totalTriangleCount} triangles`);
    assert.ok(report.info.maxInfluences <= 4);
    assert.ok(bytesOf(file).length < 3e6, `${bytesOf(file).length} bytes`);
  });

  test(`${name}: glTF Transform reads one skin, one material, one picture`, async () => {
    const io = new WebIO();
    const document = await io.readBinary(bytesOf(file));
    const parts = document.getRoot();
    assert.equal(parts.listSkins().length, 1);
    assert.equal(parts.listMaterials().length, 1);
    assert.equal(parts.listTextures().length, 1);
    const swinging = swings(jsonOf(bytesOf(file)));
    assert.equal(parts.listSkins()[0].listJoints().length, 55 + swinging);
    assert.ok(name.includes('vrm') || !swinging, 'a GLB has no bones but the body\'s');
    const primitive = parts.listMeshes()[0].listPrimitives()[0];
    assert.equal(primitive.listTargets().length, 12);
    const position = primitive.getAttribute('POSITION');
    assert.ok(Math.abs(position.getMin([])[1]) < 0.012, `the lowest point is at ${position.getMin([])[1]}`);
    const weights = primitive.getAttribute('WEIGHTS_0');
    for (let i = 0; i < weights.getCount(); i++) {
      const sum = weights.getElement(i, []).reduce((a, b) => a + b);
      assert.ok(Math.abs(sum - 1) < 1e-6);
    }
  });

  test(`${name}: three.js${name.includes('vrm') ? ' and three-vrm' : ''}`, async () => {
    const gltf = await load(file);
    let skinned;
    gltf.scene.traverse((o) => { if (o.isSkinnedMesh) skinned = o; });
    assert.ok(skinned);
    assert.equal(skinned.skeleton.bones.length, 55 + swings(jsonOf(bytesOf(file))));
    holdsTogether(skinned);
    const size = new THREE.Box3().setFromObject(gltf.scene).getSize(new THREE.Vector3());
    assert.ok(size.y > 0.5 && size.y < 2.3, `${size.y} m tall`);
    if (!name.includes('vrm')) {
      assert.deepEqual(gltf.animations.map((a) => a.name), ['idle', 'walk', 'wave']);
      doesNotTear(gltf, skinned);
      return;
    }
    const vrm = gltf.userData.vrm;
    assert.ok(vrm, 'three-vrm made no VRM of it');
    for (const bone of ['hips', 'spine', 'chest', 'neck', 'head', 'leftUpperLeg', 'leftLowerLeg', 'leftFoot', 'rightUpperLeg',
      'rightLowerLeg', 'rightFoot', 'leftUpperArm', 'leftLowerArm', 'leftHand', 'rightUpperArm', 'rightLowerArm', 'rightHand'])
      assert.ok(vrm.humanoid.getRawBoneNode(bone), `no ${bone}`);
    // VRM 0.x has no preset of surprise: there it is an expression of its own
    const surprise = jsonOf(bytesOf(file)).extensions.VRMC_vrm ? 'surprised' : 'Surprised';
    for (const expression of ['happy', 'angry', 'sad', 'relaxed', surprise, 'blink', 'blinkLeft', 'blinkRight', 'aa', 'ih',
      'ou', 'ee', 'oh'])
      assert.ok(vrm.expressionManager.getExpression(expression), `no ${expression}`);
    assert.ok(vrm.lookAt);
    const springs = [...vrm.springBoneManager?.joints ?? []];
    assert.equal(springs.length > 0, swings(jsonOf(bytesOf(file))) > 0);
    for (let i = 0; i < 60; i++) vrm.update(1 / 60); // hair settles, and is still there
    for (const { bone } of springs) {
      const at = bone.getWorldPosition(new THREE.Vector3());
      assert.ok(at.length() < 3, `${bone.name} at ${at.toArray()}`);
    }
    // the person's left hand is at +X of a VRM 1.0, which faces +Z; a VRM 0.x faces -Z
    const world = new THREE.Vector3();
    vrm.humanoid.getRawBoneNode('leftHand').getWorldPosition(world);
    assert.ok(jsonOf(bytesOf(file)).extensions.VRMC_vrm ? world.x > 0.3 : world.x < -0.3);
  });
}
