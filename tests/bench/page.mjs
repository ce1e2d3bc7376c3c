// Networks, and engines that run them: contenders[network][engine](threads) prepares and resolves to a function that runs
// `runs` times and resolves to the milliseconds of each. Pictures are 256 x 256 in all cases.
import { createParsona } from '/parsona/index.js';

const SIDE = 256;
const pixels = new ImageData(Uint8ClampedArray.from({ length: SIDE * SIDE * 4 }, (_, i) =>
  (i % 4 === 3 ? 255 : 128 + 100 * Math.sin(i / 977) * Math.cos(i / 131))), SIDE, SIDE);
const rgb = (of) => Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => of(pixels.data[Math.floor(i / 3) * 4 + i % 3]));

async function timed(runs, run) {
  const times = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times;
}

/** The worker times the runs one by one and tells the best and the median. */
const parsona = (role, precision) => async (threads) => {
  const made = await createParsona({ threads, precision, parser: 'permissive' });
  if (precision === 'auto' && !(await made.capabilities()).int8) return made.close(); // the same as float32
  return async (runs) => {
    const { best, median } = await made.bench(role, runs);
    return [best, ...Array(runs - 1).fill(median)];
  };
};

/** Its wasm has one thread. The timing includes its conversion of the picture and of the masks. */
async function mediapipe(threads) {
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
}

const onnxruntime = (model) => async (threads) => {
  const ort = await import('/opponents/onnxruntime-web/dist/ort.wasm.min.mjs');
  ort.env.wasm.wasmPaths = '/opponents/onnxruntime-web/dist/';
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(`/models/${model}.onnx`, { executionProviders: ['wasm'] });
  const image = new ort.Tensor('float32', rgb((v) => (v - 127.5) / 127.5), [1, SIDE, SIDE, 3]);
  const run = () => session.run({ image });
  await run();
  return (runs) => timed(runs, run);
};

const script = (src) => new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement('script'), { src, onload: resolve, onerror: reject }));
});

/** The network as it was published, up to the heads that Parsona decodes itself. */
async function tensorflow(threads) {
  for (const name of ['tfjs-core/dist/tf-core', 'tfjs-converter/dist/tf-converter', 'tfjs-backend-wasm/dist/tf-backend-wasm'])
    await script(`/opponents/@tensorflow/${name}.min.js`);
  const { tf } = window;
  tf.wasm.setWasmPaths('/opponents/@tensorflow/tfjs-backend-wasm/dist/');
  tf.wasm.setThreadsCount(threads);
  await tf.setBackend('wasm');
  const model = await tf.loadGraphModel('/models/tfjs/movenet-multipose.json');
  const heads = ['Sigmoid', 'Sigmoid_1', 'kpt_regress_0/conv2d_8/BiasAdd', 'kpt_offset_0/conv2d_9/BiasAdd', 'box_scale_0/conv2d_5/BiasAdd',
    'box_offset_0/conv2d_6/BiasAdd'].map((name) => `StatefulPartitionedCall/${name}`);
  const image = tf.tensor(rgb((v) => v), [1, SIDE, SIDE, 3], 'int32');
  const run = async () => {
    const results = model.execute(image, heads);
    await results[0].data();
    tf.dispose(results);
  };
  await run();
  return (runs) => timed(runs, run);
}

window.contenders = {
  'selfie_multiclass': {
    'parsona': parsona('parts', 'auto'), 'parsona float32': parsona('parts', 'float32'), 'MediaPipe': mediapipe, 'onnxruntime-web': onnxruntime('selfie'),
  },
  'MoveNet multipose': {
    'parsona': parsona('people', 'auto'), 'parsona float32': parsona('people', 'float32'), 'TensorFlow.js': tensorflow, 'onnxruntime-web': onnxruntime('movenet'),
  },
};

/** Parsona's own rate on a matrix product, GMAC/s, and that of the parser's network. */
window.rates = async (threads) => {
  const made = await createParsona({ threads });
  const gemm = await made.bench('gemm', 30);
  const parts = await made.bench('parts-lite', 20);
  const { variant, int8 } = await made.capabilities();
  made.close();
  return { variant, int8, gemm: gemm.macs / gemm.best / 1e6, parts: parts.macs / parts.best / 1e6 };
};

/** The photo scaled to a size, as a JPEG. */
async function scaled(url, width, height) {
  const photo = await createImageBitmap(await (await fetch(url)).blob());
  const scale = Math.max(width / photo.width, height / photo.height);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d').drawImage(photo, (width - photo.width * scale) / 2, (height - photo.height * scale) / 2,
    photo.width * scale, photo.height * scale);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}

/** Whole parses of a photo brought to a size, decoding included: people, times, memory. */
window.parse = async (url, [width, height], options, runs) => {
  const jpeg = await scaled(url, width, height);
  const made = await createParsona(options);
  let scene, best = Infinity;
  for (let i = 0; i <= runs; i++) { // the first warms up
    const start = performance.now();
    scene = await made.parse(jpeg);
    if (i || !runs) best = Math.min(best, performance.now() - start);
  }
  const { memory, variant, int8 } = await made.capabilities();
  made.close();
  return { persons: scene.persons.length, milliseconds: best, timing: scene.timing, variant, int8, ...memory };
};
window.prepared = true;
