// Runs a TensorFlow.js graph model on its plain JavaScript backend.
//
//   node reference_tfjs.mjs MODEL.json OUT_FOLDER IN_FILE IN_NODE IN_SHAPE OUT_NODE...
//
// IN_SHAPE is like 1x256x256x3; IN_FILE holds any number of such inputs. IN_NODE may be inside the graph.
// OUT_FOLDER/K.f32 gets the results of the K-th output node.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';

const [path, folder, source, inNode, shapeText, ...outNodes] = process.argv.slice(2);
const shape = shapeText.split('x').map(Number);

async function load() {
  const { modelTopology, weightsManifest, format } = JSON.parse(readFileSync(path, 'utf8'));
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const shards = weightsManifest.flatMap((group) => group.paths).map((name) => readFileSync(join(dirname(path), name)));
  const bytes = Buffer.concat(shards);
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return loadGraphModel({ load: async () => ({ modelTopology, weightSpecs, weightData, format }) });
}

const bytes = readFileSync(source);
const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const size = shape.reduce((a, b) => a * b);
const results = outNodes.map(() => []);
const model = await load();
for (let at = 0; at < values.length; at += size) {
  const found = model.execute({ [inNode]: tf.tensor(values.subarray(at, at + size), shape) }, outNodes);
  [found].flat().forEach((tensor, k) => results[k].push(...tensor.dataSync()));
}
results.forEach((list, k) => writeFileSync(join(folder, `${k}.f32`), Float32Array.from(list)));
