// Whole parses in Node: each step's time, and the processor's time, which other programs on the machine disturb less.
//   node tests/bench/node.mjs PHOTO [--runs 6] [--threads 1,2]
import { availableParallelism } from 'node:os';
import { createParsona } from '../../dist/node.js';

const [photo, ...rest] = process.argv.slice(2);
const option = (name, fallback) => (rest.includes(`--${name}`) ? rest[rest.indexOf(`--${name}`) + 1] : fallback);
const runs = Number(option('runs', 6)), counts = option('threads', '1,2').split(',').map(Number);
if (!photo) throw new Error('usage: node tests/bench/node.mjs PHOTO [--runs N] [--threads LIST]');

console.log(`Node ${process.version}, ${availableParallelism()} processors, the best of ${runs} runs`);
for (const precision of ['auto', 'float32'])
  for (const threads of counts) {
    const parsona = await createParsona({ threads, precision });
    const { variant, int8 } = await parsona.capabilities();
    let best = null;
    for (let run = 0; run <= runs; run++) { // the first warms up
      const [start, cpu] = [performance.now(), process.cpuUsage()];
      const scene = await parsona.parse(photo);
      const made = { ms: performance.now() - start, cpu: process.cpuUsage(cpu).user / 1e3, scene };
      if (run && (!best || made.ms < best.ms)) best = made;
    }
    const { scene, ms, cpu } = best;
    const steps = Object.entries(scene.timing).map(([step, time]) => `${step} ${time.toFixed(0)}`).join(', ');
    console.log(`${scene.width} x ${scene.height}, ${scene.persons.length} people, ${variant}, ${threads} thread${threads > 1 ? 's' : ''}, `
      + `${int8 ? 'int8' : 'float32'}: ${ms.toFixed(0)} ms with decoding, ${cpu.toFixed(0)} ms of processor time; ${steps}`);
    parsona.close();
  }
