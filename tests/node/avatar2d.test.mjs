// 2D avatars: of a photo's person, and of traits alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { entry, photo, readPNG } from './support.mjs';

const { createParsona } = await entry();
let parsona;
before(async () => { parsona = await createParsona(); });
after(() => parsona?.close());

/** The ids of an SVG's groups. */
const groups = (svg) => [...svg.matchAll(/<g id="([^"]+)"/g)].map(([, id]) => id);
const alphaAt = ({ data, width }, x, y) => data[4 * (y * width + x) + 3];

describe('of traits alone', () => {
  const traits = { hair: { kind: 'preset', preset: 'bob', color: '#aa3322' }, upper: { kind: 'hoodie', color: '#3457b8' } };

  test('there are styles and accessories to choose from', () => {
    assert.ok(parsona.styles().length >= 5);
    for (const { name, about } of parsona.styles()) assert.ok(name && about);
    const accessories = parsona.accessories();
    for (const [kind, least] of [['hat', 6], ['glasses', 6], ['hair', 10], ['beard', 4], ['background', 4]])
      assert.ok(accessories[kind].length >= least, kind);
  });

  test('every style draws the traits, differently', async () => {
    const seen = new Set();
    const drawn_ = parsona.styles().filter(({ photo: painted }) => !painted);
    for (const { name } of drawn_) {
      const { svg, style, traits: drawn } = await parsona.avatar2d(traits, { style: name });
      assert.equal(style, name);
      assert.match(svg, /^<svg [^>]*viewBox="0 0 512 512"/);
      for (const part of ['head', 'clothes']) assert.ok(groups(svg).some((id) => id.startsWith(part)), `${name}: ${part}`);
      assert.equal(drawn.hair.color, '#aa3322');
      seen.add(svg);
    }
    assert.equal(seen.size, drawn_.length);
    for (const { name } of parsona.styles().filter(({ photo: painted }) => painted))
      await assert.rejects(parsona.avatar2d(traits, { style: name }), { code: 'argument' }, name);
  });

  test('the same options give the same drawing, another seed another', async () => {
    const draw = async (seed) => (await parsona.avatar2d(traits, { seed })).svg;
    assert.equal(await draw(7), await draw(7));
    assert.notEqual(await draw(7), await draw(8));
    const avatar = await parsona.avatar2d(traits);
    assert.equal((await parsona.avatar2d(avatar.traits)).svg, avatar.svg, 'what was drawn can be drawn again');
    assert.equal((await parsona.avatar2d(JSON.stringify(avatar.traits))).svg, avatar.svg);
  });

  test('changes are merged into the traits', async () => {
    const { traits: changed } = await parsona.avatar2d(traits, { traits: { hair: { color: '#112233' }, eyes: { color: undefined } } });
    assert.equal(changed.hair.color, '#112233');
    assert.equal(changed.hair.preset, 'bob');
    assert.equal(changed.upper.color, '#3457b8');
  });

  test('accessories, by text and by parts', async () => {
    const plain = (await parsona.avatar2d(traits)).svg;
    const byText = (await parsona.avatar2d(traits, { accessories: ['hat:beanie:#20c0ff'] })).svg;
    const byParts = (await parsona.avatar2d(traits, { accessories: [{ kind: 'hat', name: 'beanie', color: [32, 192, 255] }] })).svg;
    assert.equal(byText, byParts);
    assert.notEqual(byText, plain);
    assert.match(byText, /#20c0ff/i);
    assert.equal((await parsona.avatar2d(traits, { accessories: ['hat:beanie', 'hat:none'] })).svg, plain);
  });

  test('PNGs have their size, and transparency where it was asked for', async () => {
    const square = readPNG(Buffer.from(await (await parsona.avatar2d(traits)).png()));
    assert.deepEqual([square.width, square.height, square.channels], [512, 512, 4]);
    assert.equal(alphaAt(square, 2, 2), 255);
    const round = readPNG(Buffer.from(await (await parsona.avatar2d(traits)).png({ size: 128, round: true })));
    assert.equal(round.width, 128);
    assert.deepEqual([alphaAt(round, 1, 1), alphaAt(round, 64, 64), alphaAt(round, 64, 2)], [0, 255, 255]);
    const clear = readPNG(Buffer.from(await (await parsona.avatar2d(traits, { background: 'none', size: 64 })).png()));
    assert.deepEqual([clear.width, alphaAt(clear, 1, 1), alphaAt(clear, 32, 40)], [64, 0, 255]);
    const paper = readPNG(Buffer.from(await (await parsona.avatar2d(traits, { background: '#123456', size: 64 })).png()));
    assert.equal(alphaAt(paper, 1, 1), 255);
  });

  test('bad options and hostile traits are refused, and the instance lives on', async () => {
    const bad = [{ style: 'oil' }, { frame: 'foot' }, { seed: -1 }, { seed: 1.5 }, { accessories: ['hat'] }, { accessories: ['hat:tiara9'] },
      { accessories: ['tail:long'] }, { accessories: ['hat:beanie:blue'] }, { accessories: [{ kind: 'hat\0', name: 'beanie' }] },
      { background: 'nowhere' }, { size: 15 }, { size: 4097 }, { size: 512.5 }, { size: '512' }, { size: NaN }];
    for (const options of bad)
      await assert.rejects(parsona.avatar2d(traits, options), { name: 'ParsonaError', code: 'argument' }, JSON.stringify(options));
    await assert.rejects(parsona.avatar2d(traits, { accessories: Array(40).fill('hat:beanie') }), { code: 'too_large' });
    for (const hostile of ['', 'null', '[1]', '{"hair":', '{"hair":{"color":"red"}}', '{"tail":1}', '{"eyes":{"x":1e30}}', '"x"'])
      await assert.rejects(parsona.avatar2d(hostile || ' '), { code: 'argument' }, hostile);
    for (const hostile of [null, 7, [], { eyes: 'blue' }, { hair: { back: [[[0, 0]]] } }])
      await assert.rejects(parsona.avatar2d(hostile), { code: 'argument' }, JSON.stringify(hostile));
    const avatar = await parsona.avatar2d(traits);
    for (const size of [0, -5, 5000, 1.5, NaN]) await assert.rejects(avatar.png({ size }), { code: 'argument' }, `${size}`);
    assert.ok((await avatar.png({ size: 16 })).length > 50);
  });
});

describe('of a photo', { skip: photo ? false : 'skipped: no photos' }, () => {
  let scene;
  before(async () => { scene = await parsona.parse(readFileSync(photo), { maxPersons: 2 }); });

  test('the traits are the person\'s', async () => {
    const told = [];
    const traits = await scene.persons[0].traits({ onProgress: (p) => told.push(p) });
    assert.equal(traits.face_seen, true);
    assert.match(traits.face.skin, /^#[0-9a-f]{6}$/);
    assert.ok(told.some(({ phase, file }) => phase === 'download' && /face_mesh/.test(file)));
    traits.face.skin = '#000000';
    assert.notEqual((await scene.persons[0].traits()).face.skin, '#000000', 'a copy');
  });

  test('an avatar, its picture, and an accessory on it', async () => {
    const avatar = await scene.persons[0].avatar2d({ style: 'anime', accessories: ['glasses:round'], frame: 'half' });
    assert.equal(avatar.frame, 'half');
    assert.ok(avatar.svg.includes('glasses'));
    const png = readPNG(Buffer.from(await avatar.png({ size: 256 })));
    assert.equal(png.width, 256);
    assert.ok(new Set(png.data).size > 20, 'something is drawn');
  });

  test('a style that paints over the person\'s pixels', async () => {
    const painted = parsona.styles().find(({ photo: over }) => over);
    if (!painted) return;
    const avatar = await scene.persons[0].avatar2d({ style: painted.name, background: 'none' });
    assert.match(avatar.svg, /data:image\/png;base64,/);
    const png = readPNG(Buffer.from(await avatar.png({ size: 128 })));
    assert.equal(alphaAt(png, 1, 1), 0);
    assert.equal(png.width, 128);
  });

  test('is painted at the size it is meant for', async () => {
    const widths = async (options) => [...(await scene.persons[0].avatar2d({ style: 'pencil', ...options })).svg
      .matchAll(/data:image\/png;base64,([^"]+)/g)].map(([, text]) => readPNG(Buffer.from(text, 'base64')).width);
    assert.deepEqual(await widths({}), [512, 512]);
    assert.deepEqual(await widths({ size: 1024 }), [1024, 1024]);
    assert.deepEqual(await widths({ size: 64 }), [512, 512]);
    const avatar = await scene.persons[0].avatar2d({ style: 'pencil' });
    const [small, large] = [readPNG(Buffer.from(await avatar.png())), readPNG(Buffer.from(await avatar.png({ size: 1024 })))];
    assert.deepEqual([small.width, large.width], [512, 1024]);
    // Neighbours differ more than those of an enlarged picture, which do by .48 of what they do at 512.
    const step = ({ data, channels }) => data.reduce((sum, v, i) => sum + (i >= channels ? Math.abs(v - data[i - channels]) : 0), 0) / data.length;
    assert.ok(step(large) > 0.5 * step(small), `${step(large)} ${step(small)}`);
  });

  test('a figure as GLB and VRM', async () => {
    const told = [];
    const glb = Buffer.from(await scene.persons[0].avatar3d({ onProgress: (p) => told.push(p.file) }));
    assert.ok(told.includes('weights/body.bin'));
    assert.deepEqual([glb.toString('latin1', 0, 4), glb.readUInt32LE(4), glb.readUInt32LE(8)], ['glTF', 2, glb.length]);
    const json = (file) => JSON.parse(file.toString('utf8', 20, 20 + file.readUInt32LE(12)));
    assert.ok(json(glb).animations.length >= 2 && json(glb).skins.length === 1);
    const vrm = json(Buffer.from(await scene.persons[0].avatar3d({ format: 'vrm', style: 'cartoon', name: 'Ada', author: 'Me', height: 1.6 })));
    assert.equal(vrm.extensions.VRMC_vrm.meta.name, 'Ada');
    assert.deepEqual(vrm.extensions.VRMC_vrm.meta.authors, ['Me']);
    assert.equal(vrm.extensions.VRMC_vrm.meta.avatarPermission, 'onlyAuthor');
    const pose = await scene.persons[0].pose();
    assert.equal(pose.bones.length, json(glb).skins[0].joints.length);
    for (const { rotation } of pose.bones) assert.ok(Math.abs(Math.hypot(...rotation) - 1) < 1e-4);
    for (const options of [{ format: 'fbx' }, { style: 'oil' }, { height: 9 }, { name: 'a\0b' }, { name: 'a\nb' }, { license: 'mine' }])
      await assert.rejects(scene.persons[0].avatar3d(options), { code: 'argument' }, JSON.stringify(options));
  });

  test('a scene whose picture has gone is parsed again for its avatar; pixels cannot be', async () => {
    const second = await parsona.parse(readFileSync(photo), { maxPersons: 1 });
    await parsona.parse({ width: 8, height: 8, data: new Uint8Array(256) });
    const again = await second.persons[0].traits();
    assert.deepEqual(again.face, (await scene.persons[0].traits()).face);
  });

  test('masks that overlap parts are named, and drawn when asked for', () => {
    assert.deepEqual(scene.derived, ['left_sleeve', 'right_sleeve', 'inner_clothes']);
    const plain = scene.map().data;
    for (const person of scene.persons)
      for (const name of person.derived) {
        assert.ok(person.masks[name].area > 0);
        assert.ok(scene.map({ derived: [name] }).data.some((v, i) => v !== plain[i]));
      }
    assert.throws(() => scene.map({ derived: ['tail'] }), { code: 'argument' });
    assert.throws(() => scene.mask({ label: 'tail' }), { code: 'argument' });
    assert.equal(scene.mask({ label: 'left_sleeve' }).data.length, scene.width * scene.height);
  });
});
