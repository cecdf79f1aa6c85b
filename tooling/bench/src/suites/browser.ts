/**
 * Training where JavaScript runs, against what one would use there: WebAssembly in a tab
 * of headless Chromium against the native runtime and gpt-tfjs, and the step of the 5 M
 * model against jax-js and TensorFlow.js. One thread each unless a row says otherwise,
 * because the peers have no more. `BENCH_SMALL=1` takes an eighth of the batch.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, openInChromium } from '@llm/build/chromium';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, parameterCount } from '@llm/model';
import { peerPath, peerVersion, runNodePeer } from '../peers/node.js';
import { installPeers } from '../peers/python.js';
import { writeTask } from '../peers/training-task.js';
import { type BenchRow, benchRow } from '../row.js';
import { type TrainingResult, type TrainingTask, trainOnExecutor } from '../training-run.js';

const rows = process.env.BENCH_SMALL ? 2 : 16;
const shape = (depth: number, width: number, vocabularySize: number, contextLength: number) =>
  createModelConfig({ depth, width, headWidth: 64, vocabularySize, contextLength });
export const smallTask: TrainingTask = { config: shape(3, 192, 2048, 128), rows, steps: 5, warmUp: 2 };
const large: TrainingTask = { config: shape(4, 256, 4096, 256), rows, steps: 3, warmUp: 1 };

export const describe = ({ config, rows }: TrainingTask): string =>
  `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, vocabulary ${config.vocabularySize}, ${rows} × ${config.contextLength} tokens`;
const native = (task: TrainingTask, threads: number): Promise<TrainingResult> =>
  trainOnExecutor(createNodeExecutor({ threads }), task);

function row(where: string, ours: TrainingResult, peerName: string, peer: TrainingResult): BenchRow {
  const last = Math.min(ours.losses.length, peer.losses.length) - 1;
  return benchRow({
    suite: 'browser',
    case: where,
    metric: 'training rate',
    unit: 'tokens/s',
    ours: ours.tokensPerSecond,
    peerName,
    peer: peer.tokensPerSecond,
    higherIsBetter: true,
    note: `loss after ${last + 1} steps: ${ours.losses[last]!.toFixed(4)}, peer ${peer.losses[last]!.toFixed(4)}`,
  });
}

function missing(where: string, ours: TrainingResult, peerName: string, note: string): BenchRow {
  const common = { suite: 'browser', case: where, metric: 'training rate', unit: 'tokens/s' };
  return benchRow({
    ...common,
    ours: ours.tokensPerSecond,
    peerName,
    peer: null,
    higherIsBetter: true,
    note,
  });
}

export async function browserSuite(): Promise<BenchRow[]> {
  return [...(await tabRows()), ...(await stepRows())];
}

/** WebAssembly in a tab, 2 M parameters. */
async function tabRows(): Promise<BenchRow[]> {
  const chromium = findChromium('The bench of training in a tab');
  if (chromium === undefined) return [];
  const result: BenchRow[] = [];
  const ours = async (threads: number): Promise<TrainingResult> => {
    const query = new URLSearchParams({
      task: JSON.stringify(smallTask),
      provider: 'wasm',
      threads: `${threads}`,
    });
    return trainInTab(chromium, 'ours', query);
  };
  const inTab = (threads: number): string =>
    `${describe(smallTask)}, WebAssembly in Chromium, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const one = await ours(1);
  for (const threads of [1, 2])
    result.push(
      row(
        inTab(threads),
        threads === 1 ? one : await ours(threads),
        `onnxruntime-node CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
        await native(smallTask, threads),
      ),
    );
  const version = peerVersion('gpt-tfjs');
  if (version === undefined) result.push(missing(inTab(1), one, 'gpt-tfjs', installPeers));
  else {
    const query = new URLSearchParams({ task: JSON.stringify({ ...smallTask, steps: 2, warmUp: 1 }) });
    const peer = await trainInTab(chromium, 'gpt-tfjs', query);
    result.push(
      row(inTab(1), one, `gpt-tfjs ${version} (GPT-2 shape, its own tokens), tfjs WebAssembly`, peer),
    );
  }
  const reason = 'runs on tfjs cpu, webgl and webgpu; it has no WebAssembly backend to compare on';
  result.push(missing(inTab(1), one, '@genai-fi/nanogpt', reason));
  return result;
}

/** The peers' packages are found by path, and TensorFlow.js is one module for all who import it. */
export async function trainInTab(
  chromium: string,
  page: string,
  query: URLSearchParams,
): Promise<TrainingResult> {
  const tensorflow = peerPath('@tensorflow/tfjs/dist/tf.fesm.js');
  const peer = page !== 'ours';
  return (await openInChromium({
    chromium,
    root: fileURLToPath(new URL(`../pages/${page}/`, import.meta.url)),
    page: `?${query}`,
    bundled: true,
    webgpu: false,
    timeout: 1_200_000,
    vite: peer
      ? {
          publicDir: peerPath('@tensorflow/tfjs-backend-wasm/wasm-out'),
          plugins: [
            {
              // Written for sloppy mode; a bundle is strict.
              name: 'gpt-tfjs',
              transform: (code: string, id: string) =>
                id.includes('/gpt-tfjs/src/')
                  ? code.replace('const posEmb', 'let posEmb').replace('dtype=useNorm.dtype', 'useNorm.dtype')
                  : undefined,
            },
          ],
          resolve: {
            alias: [
              { find: /^@tensorflow\/tfjs(-core)?$/, replacement: tensorflow },
              {
                find: '@tensorflow/tfjs-backend-wasm',
                replacement: peerPath('@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.fesm.js'),
              },
              { find: 'gpt-tfjs', replacement: peerPath('gpt-tfjs/index.js') },
            ],
          },
        }
      : {},
  })) as TrainingResult;
}

/** The train step of the 5 M model in Node. */
async function stepRows(): Promise<BenchRow[]> {
  const where = `${describe(large)}, onnxruntime-node CPU, 1 thread`;
  const ours = await native(large, 1);
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  // Half a minute and more per step: one to warm up, one that counts.
  writeTask(directory, { ...large, steps: 1, warmUp: 1 });
  const result: BenchRow[] = [];
  for (const [name, script, backend] of [
    ['@jax-js/jax', 'train-jax.mjs', 'WebAssembly'],
    ['@tensorflow/tfjs', 'train-tfjs.mjs', 'WebAssembly'],
  ] as const) {
    const version = peerVersion(name);
    if (version === undefined) result.push(missing(where, ours, name, installPeers));
    else
      result.push(
        row(where, ours, `${name} ${version}, ${backend}, 1 thread`, runNodePeer(script, directory)),
      );
  }
  rmSync(directory, { recursive: true });
  return result;
}
