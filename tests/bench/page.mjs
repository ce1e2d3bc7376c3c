// One network, three engines, in one page: window.contenders[name](threads) prepares and resolves to a function that
// runs `runs` times and resolves to the milliseconds of each. Input and output are 256 x 256 in all cases.
import { createParsona } from '/parsona/index.js';

const SIDE = 256;
const pixels = new ImageData(Uint8ClampedArray.from({ length: SIDE * SIDE * 4 }, (_, i) =>
  (i % 4 === 3 ? 255 : 128 + 100 * Math.sin(i / 977) * Math.cos(i / 131))), SIDE, SIDE);

async function timed(runs, run) {
  const times = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times;
}

window.contenders = {
  // The worker times the runs one by one and tells the best and the median.
  async parsona(threads) {
    const parsona = await createParsona({ threads });
    return async (runs) => {
      const { best, median } = await parsona.bench('parts', runs);
      return [best, ...Array(runs - 1).fill(median)];
    };
  },

  // Its wasm has one thread. The timing includes its conversion of the picture and of the masks.
  async mediapipe(threads) {
    if (threads > 1) return null;
    const { FilesetResolver, ImageSegmenter } = await import('/opponents/@mediapipe/tasks-vision/vision_bundle.mjs');
    const files = await FilesetResolver.forVisionTasks('/opponents/@mediapipe/tasks-vision/wasm');
    const segmenter = await ImageSegmenter.createFromOptions(files, {
      baseOptions: { modelAssetPath: '/models/selfie.tflite', delegate: 'CPU' },
      runningMode: 'IMAGE', outputCategoryMask: false, outputConfidenceMasks: true,
    });
    const run = () => new Promise((resolve) => { segmenter.segment(pixels, () => resolve()); });
    await run();
    return (runs) => timed(runs, run);
  },

  async onnxruntime(threads) {
    const ort = await import('/opponents/onnxruntime-web/dist/ort.wasm.min.mjs');
    ort.env.wasm.wasmPaths = '/opponents/onnxruntime-web/dist/';
    ort.env.wasm.numThreads = threads;
    const session = await ort.InferenceSession.create('/models/selfie.onnx', { executionProviders: ['wasm'] });
    const data = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (pixels.data[Math.floor(i / 3) * 4 + i % 3] - 127.5) / 127.5);
    const image = new ort.Tensor('float32', data, [1, SIDE, SIDE, 3]);
    const run = () => session.run({ image });
    await run();
    return (runs) => timed(runs, run);
  },
};

/** Parsona's own rate on a matrix product, GMAC/s, and that of the network. */
window.rates = async (threads) => {
  const parsona = await createParsona({ threads });
  const gemm = await parsona.bench('gemm', 30);
  const parts = await parsona.bench('parts', 30);
  const { variant } = await parsona.capabilities();
  parsona.close();
  return { variant, gemm: gemm.macs / gemm.best / 1e6, parts: parts.macs / parts.best / 1e6 };
};

/** A photo of 4000 x 3000 made of the given one: what the module's memory comes to. */
window.memory = async (url, threads) => {
  const photo = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(4000, 3000);
  canvas.getContext('2d').drawImage(photo, 0, 0, 4000, 3000);
  const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
  const parsona = await createParsona({ threads });
  const start = performance.now();
  const scene = await parsona.parse(jpeg);
  const milliseconds = performance.now() - start;
  const { memory } = await parsona.capabilities();
  parsona.close();
  return { persons: scene.persons.length, milliseconds, timing: scene.timing, ...memory };
};
window.prepared = true;
