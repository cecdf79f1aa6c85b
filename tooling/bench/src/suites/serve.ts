/**
 * The server under load. Correctness: 200 streams at once, a third of slow readers, a fifth that leaves;
 * every answer must be the one that the same request gets alone. Memory: over many short requests, a tenth of
 * which leaves. Throughput: 16 streams against one, and against llama.cpp's server on the same file, which
 * take turns for some rounds; the best of each counts.
 *
 * BENCH_THREADS (default 2); BENCH_SERVE_REQUESTS (default 10000); BENCH_SERVE_MODEL is a source of
 * `loadModel`, a GGUF file for llama.cpp (default: SmolLM2, see tooling/oracles/install-smollm2.sh).
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, benchRow } from '../row.js';
import { llamaServerMissing, type RunningServer, startLlama, startOurs } from '../serving/start-servers.js';
import { atOnce, readStream } from '../serving/stream-client.js';

const threads = Number(process.env.BENCH_THREADS ?? 2);
const requests = Number(process.env.BENCH_SERVE_REQUESTS ?? 10_000);
const rounds = 2;
const smolLm2 = '../../../../.peers/models/SmolLM2-135M-Instruct.Q4_1.gguf';
const model = process.env.BENCH_SERVE_MODEL ?? fileURLToPath(new URL(smolLm2, import.meta.url));

export async function serveSuite(): Promise<BenchRow[]> {
  return [...(await manyStreams()), ...(await manyRequests()), ...(await throughput())];
}

async function manyStreams(): Promise<BenchRow[]> {
  const server = await startOurs({ source: undefined, threads, active: 64 });
  const streams = 200;
  const asked = (index: number) => ({ content: `Question ${index % 50}`, maximumTokens: 16 + (index % 50) });
  const alone: (string | undefined)[] = [];
  for (let index = 0; index < 50; index++) alone.push((await readStream(server, asked(index))).text);
  let lost = 0;
  let other = 0;
  let left = 0;
  await atOnce(streams, streams, async (index) => {
    const told = await readStream(server, {
      ...asked(index),
      pauseMilliseconds: index % 3 === 0 ? 50 : 0,
      leaveAfter: index % 5 === 4 ? index % 4 : undefined,
    }).catch(() => undefined);
    if (told?.isWhole) {
      if (told.text !== alone[index % 50]) other++;
    } else if (told !== undefined && index % 5 === 4) left++;
    else lost++;
  });
  await server.stop();
  const what = `${streams} streams at once, ${left} of them left by their clients, a third read slowly, random weights, ${threads} threads`;
  const row = (metric: string, ours: number): BenchRow =>
    benchRow({
      suite: 'serve',
      case: what,
      metric,
      unit: 'answers',
      ours,
      peerName: 'none is allowed',
      peer: 0,
      higherIsBetter: false,
    });
  return [row('lost', lost), row('not the answer that the request gets alone', other)];
}

async function manyRequests(): Promise<BenchRow[]> {
  const server = await startOurs({ source: undefined, threads, active: 64 });
  const ask = (index: number): Promise<unknown> =>
    readStream(server, {
      content: `Question ${index}`,
      maximumTokens: 4 + (index % 5),
      leaveAfter: index % 10 === 9 ? 1 : undefined,
    });
  const tenth = Math.ceil(requests / 10);
  await atOnce(tenth, 32, async (index) => void (await ask(index)));
  const before = await server.memory();
  await atOnce(requests - tenth, 32, async (index) => void (await ask(tenth + index)));
  const after = await server.memory();
  await server.stop();
  const common = {
    suite: 'serve',
    case: `${requests} requests, 32 at once, a tenth left by their clients, random weights, ${threads} threads`,
    unit: 'MB',
    peerName: 'after the first tenth',
    higherIsBetter: false,
  };
  return [
    benchRow({
      ...common,
      metric: 'resident memory',
      ours: after.residentMegabytes,
      peer: before.residentMegabytes,
    }),
    benchRow({ ...common, metric: 'JavaScript heap', ours: after.heapMegabytes, peer: before.heapMegabytes }),
  ];
}

const newTokens = 64;
const topics = ['the sea', 'a clock', 'bread', 'the moon', 'a train', 'rain', 'a garden', 'salt'];

async function throughput(): Promise<BenchRow[]> {
  if (!existsSync(model)) throw new Error(`There is no ${model}: run tooling/oracles/install-smollm2.sh.`);
  const ours = await startOurs({ source: model, threads, active: 16 });
  const llama = await startLlama(model, { threads, active: 16 });
  const best: Record<string, number> = {};
  const measure = async (name: string, server: RunningServer, concurrent: number): Promise<void> => {
    const rate = await tokensPerSecond(server, concurrent);
    best[name] = Math.max(best[name] ?? 0, rate);
  };
  for (let round = 0; round < rounds; round++) {
    await measure('one', ours, 1);
    await measure('many', ours, 16);
    if (llama === undefined) continue;
    await measure('llama one', llama, 1);
    await measure('llama many', llama, 16);
  }
  await ours.stop();
  await llama?.stop();
  const row = (streams: string, name: string, peerName: string, peer: string): BenchRow =>
    benchRow({
      suite: 'serve',
      case: `${basename(model)}, ${streams}, ${newTokens} new tokens each, greedy, ${threads} threads`,
      metric: 'throughput',
      unit: 'tokens/s',
      ours: best[name]!,
      peerName,
      peer: best[peer] ?? null,
      higherIsBetter: true,
      note: llama === undefined && peer.startsWith('llama') ? llamaServerMissing : undefined,
    });
  return [
    row('16 streams', 'many', 'ours, 1 stream', 'one'),
    row('1 stream', 'one', "llama.cpp's server", 'llama one'),
    row('16 streams', 'many', "llama.cpp's server", 'llama many'),
  ];
}

/** Tokens of all streams by the time until the last has ended; the prompts are read in it too. */
async function tokensPerSecond(server: RunningServer, concurrent: number): Promise<number> {
  const ask = (index: number) =>
    readStream(server, {
      content: `Write a long story about ${topics[index % topics.length]}, part ${index}.`,
      maximumTokens: newTokens,
    });
  await ask(99);
  const start = performance.now();
  let tokens = 0;
  await atOnce(concurrent, concurrent, async (index) => {
    const told = await ask(index);
    tokens += told.tokens;
  });
  return (1000 * tokens) / (performance.now() - start);
}
