// The client's answer to dying workers, with an engine that does what the test says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside } from './support.mjs';

const { Client } = await inside('client.js');
const { ParsonaError } = await inside('errors.js');

/** A client whose engines answer with `behave(call, variant, n)`; a thrown error is the answer, 'die' kills. */
function make(behave, variants = ['relaxed-mt', 'relaxed', 'simd']) {
  const log = [];
  let engines = 0;
  const client = new Client({
    variants,
    request: (variant) => ({ variant }),
    connect({ reply, failed }) {
      const n = ++engines;
      let variant, closed = false;
      return {
        post({ id, call, input }) {
          if (call === 'cancel') return;
          if (call === 'start') variant = input.variant;
          log.push(`${n} ${call} ${variant}`);
          queueMicrotask(() => {
            if (closed) return;
            try {
              const value = behave(call, variant, n);
              if (value === 'die') failed(new ParsonaError('crashed', 'gone'));
              else reply({ id, value });
            } catch ({ code, message }) {
              reply({ id, error: { code, message } });
            }
          });
        },
        close() { closed = true; },
      };
    },
  });
  return { client, log };
}

test('after a crash the call fails, and the next one has a new worker', async () => {
  const { client, log } = make((call, _, n) => (call === 'parse' && n === 1 ? 'die' : {}));
  await client.start();
  await assert.rejects(client.call('parse', {}), { code: 'crashed' });
  await client.call('parse', {});
  assert.deepEqual(log, ['1 start relaxed-mt', '1 parse relaxed-mt', '2 start relaxed-mt', '2 parse relaxed-mt']);
});

test('an engine that reports a crash is replaced, too', async () => {
  const { client, log } = make((call, _, n) => {
    if (call === 'parse' && n === 1) throw new ParsonaError('crashed', 'unreachable executed');
    return {};
  });
  await client.start();
  await assert.rejects(client.call('parse', {}), { code: 'crashed' });
  await client.call('status', null);
  assert.equal(log.at(-1), '2 status relaxed-mt');
});

test('threads that do not start are left for one thread', async () => {
  for (const code of ['memory', 'crashed']) {
    const { client, log } = make((_, variant) => {
      if (variant === 'relaxed-mt') throw new ParsonaError(code, 'no');
      return {};
    });
    await client.start();
    assert.equal(client.variant, 'relaxed');
    assert.deepEqual(log, ['1 start relaxed-mt', '2 start relaxed']);
  }
});

test('without relaxed SIMD, too', async () => {
  const { client } = make((_, variant) => {
    if (variant === 'simd-mt') throw new ParsonaError('memory', 'no');
    return {};
  }, ['simd-mt', 'simd']);
  await client.start();
  assert.equal(client.variant, 'simd');
  assert.equal(await client.dropThreads(), false);
});

test('other failures to start are final', async () => {
  for (const code of ['integrity', 'network', 'asset', 'weights']) {
    const { client, log } = make(() => { throw new ParsonaError(code, 'no'); });
    await assert.rejects(client.start(), { code });
    assert.equal(log.length, 1);
  }
});

test('threads are dropped on request, once', async () => {
  const { client, log } = make(() => ({}));
  await client.start();
  assert.equal(await client.dropThreads(), true);
  await client.call('parse', {});
  assert.equal(await client.dropThreads(), false);
  assert.deepEqual(log.slice(1), ['2 start relaxed', '2 parse relaxed']);
});

test('closed means closed', async () => {
  const { client } = make(() => ({}));
  await client.start();
  client.close();
  await assert.rejects(client.call('parse', {}), { code: 'closed' });
});
