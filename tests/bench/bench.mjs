// Parsona beside MediaPipe tasks-vision, onnxruntime-web and TensorFlow.js in Chromium: the same network, the same picture,
// the same threads, in one run, in turns. Then whole parses, a large photo's memory, and the bytes of a first visit.
//   node tests/bench/bench.mjs [--rounds 5] [--runs 10] [--only networks|parse|visit] [--photo FILE]
// Needs the registries once, for the opponents.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { launch, open, photo } from '../browser/support.mjs';
import { arena, prepare, root } from './arena.mjs';
import { firstVisit } from './visit.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const rounds = Number(option('rounds', 5)), runs = Number(option('runs', 10)), only = option('only', null);
const wants = (part) => !only || only === part;
const threadCounts = [1, 2].filter((n) => n <= availableParallelism());

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const ms = (value) => `${value.toFixed(1)} ms`;
const count = (n, what) => `${n} ${what}${n > 1 ? 's' : ''}`;

/** Each engine in its turn, several rounds: what disturbs the machine disturbs all. */
async function compare(page, network, threads) {
  const names = await page.evaluate(async ([which, n]) => {
    window.runners = {};
    for (const [name, make] of Object.entries(window.contenders[which])) {
      const runner = await make(n);
      if (runner) window.runners[name] = runner;
    }
    return Object.keys(window.runners);
  }, [network, threads]);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const name of names)
      times[name].push(...await page.evaluate(([who, n]) => window.runners[who](n), [name, runs]));
  console.log(`\n${network}, 256 x 256, ${count(threads, 'thread')}, ${rounds} rounds of ${runs}`);
  const ours = names[0];
  for (const name of names) {
    const ratio = (of) => (of(times[ours]) / of(times[name])).toFixed(2);
    const best = (list) => Math.min(...list);
    const compared = name === ours ? '' : `   ${ours} takes ${ratio(best)} of it (best), ${ratio(median)} (median)`;
    console.log(`  ${name.padEnd(16)} best ${ms(best(times[name])).padStart(9)}   median ${ms(median(times[name])).padStart(9)}${compared}`);
  }
}

async function networks(page) {
  for (const network of await page.evaluate(() => Object.keys(window.contenders)))
    for (const threads of threadCounts) {
      await compare(page, network, threads);
      await page.reload(); // the opponents' settings are global
      await page.waitForFunction(() => window.prepared);
    }
}

async function parses(page) {
  for (const threads of threadCounts) {
    const { variant, int8, gemm, parts } = await page.evaluate((n) => window.rates(n), threads);
    console.log(`\n${variant}, ${count(threads, 'thread')}: float32 matrix product ${gemm.toFixed(1)} GMAC/s, `
      + `M2FP-Lite${int8 ? ' in int8' : ''} ${parts.toFixed(1)} GMAC/s, ${(100 * parts / gemm).toFixed(0)} % of it`);
  }
  const all = (size, options, n) => page.evaluate((args) => window.parse(...args), ['/photo/several', size, options, n]);
  for (const precision of ['auto', 'float32'])
    for (const threads of threadCounts) {
      const { persons, milliseconds, timing, variant, int8 } = await all([1920, 1080], { threads, precision }, 5);
      const steps = Object.entries(timing).map(([step, time]) => `${step} ${time.toFixed(0)}`).join(', ');
      console.log(`\n1920 x 1080, ${count(persons, 'person')}, ${variant}, ${count(threads, 'thread')}${int8 ? ', int8' : ''}: ${ms(milliseconds)} with decoding; ${steps}`);
    }
  const m = await all([4000, 3000], { threads: 2 }, 0);
  console.log(`\n4000 x 3000, ${count(m.persons, 'person')}, 2 threads: module's memory ${(m.size / 2 ** 20).toFixed(0)} MiB, `
    + `of which the library held at most ${(m.peak / 2 ** 20).toFixed(0)} MiB`);
}

/** A photo of several people where there is one. */
const several = [option('photo', ''), join(process.env.PARSONA_DATA ?? join(root, '../shared/data'), 'photos/122_group-6.jpg'), photo]
  .find((path) => path && existsSync(path));

const browser = await launch();
if (!only || only !== 'visit') {
  prepare();
  const place = await arena({ several });
  const { page, context, problems } = await open(browser, place.url);
  await page.waitForFunction(() => window.prepared);
  if (wants('networks')) await networks(page);
  if (wants('parse') && several) await parses(page);
  await context.close();
  place.close();
  if (problems.length) console.log(`\n${problems.join('\n')}`);
}
if (wants('visit')) await firstVisit(browser);
await browser.close();
