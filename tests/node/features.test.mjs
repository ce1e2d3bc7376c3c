// Which module is right for which machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside } from './support.mjs';

const { autoThreads, detectFeatures, isThreaded, variants } = await inside('features.js');

const machine = (features) => ({ simd: true, relaxedSimd: true, threads: true, ...features });

test('the best module first, then what may take its place', () => {
  assert.deepEqual(variants(machine(), 4), ['relaxed-mt', 'relaxed', 'simd']);
  assert.deepEqual(variants(machine(), 1), ['relaxed', 'simd']);
  assert.deepEqual(variants(machine({ threads: false }), 4), ['relaxed', 'simd']);
  assert.deepEqual(variants(machine({ relaxedSimd: false }), 4), ['simd-mt', 'simd']);
  assert.deepEqual(variants(machine({ relaxedSimd: false, threads: false }), 4), ['simd']);
  assert.deepEqual(variants(machine({ relaxedSimd: false, simd: false }), 4), []);
});

test('modules with threads are told by their names', () => {
  assert.deepEqual(['simd', 'simd-mt', 'relaxed', 'relaxed-mt'].map(isThreaded), [false, true, false, true]);
});

test('some processors are left to the page', () => {
  assert.deepEqual([1, 2, 4, 8, 64].map(autoThreads), [1, 2, 3, 6, 8]);
});

test('this machine has SIMD, and threads need a page that is isolated', () => {
  assert.equal(detectFeatures().simd, true);
  assert.equal(detectFeatures().threads, true, 'Node needs no isolation');
  globalThis.crossOriginIsolated = false;
  try {
    const { threads, threadsWhy } = detectFeatures();
    assert.equal(threads, false);
    assert.match(threadsWhy, /Cross-Origin-Opener-Policy/);
  } finally {
    delete globalThis.crossOriginIsolated;
  }
});

test('a browser without shared memory says so', () => {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class {
    constructor({ shared }) {
      if (shared) throw new TypeError('no shared memory');
    }
  };
  try {
    assert.match(detectFeatures().threadsWhy, /no shared WebAssembly memory/);
  } finally {
    WebAssembly.Memory = Memory;
  }
});
