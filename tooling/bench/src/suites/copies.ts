/**
 * What it costs that parameters and optimizer state come out of a step (goal: at most 5 % of it on CPU). The
 * same run with only the loss as output and with everything, after each other at every step, the best of
 * each. The runtime computes all nodes in both. BENCH_THREADS (default 2).
 */
import type { Executor, GraphSession } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, parameterCount } from '@llm/model';
import { type BenchRow, benchRow } from '../row.js';
import { trainOnExecutor } from '../training-run.js';

const threads = Number(process.env.BENCH_THREADS ?? 2);
const rows = process.env.BENCH_SMALL ? 2 : 16;

interface Seconds {
  lossOnly: number;
  everything: number;
}

export async function copiesSuite(): Promise<BenchRow[]> {
  const config = createModelConfig({
    depth: 4,
    width: 256,
    headWidth: 64,
    vocabularySize: 4096,
    contextLength: 256,
  });
  const worst = Number.POSITIVE_INFINITY;
  const seconds: Seconds = { lossOnly: worst, everything: worst };
  const executor = timing(createNodeExecutor({ threads }), seconds);
  await trainOnExecutor(executor, { config, rows, steps: 10, warmUp: 1 });
  const milliseconds = (kind: keyof Seconds): string => `${(seconds[kind] * 1000).toFixed(0)} ms`;
  return [
    benchRow({
      suite: 'copies',
      case: `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, ${rows} × ${config.contextLength} tokens, AdamW, onnxruntime-node CPU, ${threads} threads`,
      metric: 'state out of the step, share of it',
      unit: '%',
      ours: (1 - seconds.lossOnly / seconds.everything) * 100,
      peerName: 'limit',
      peer: 5,
      higherIsBetter: false,
      note: `step ${milliseconds('everything')}; loss only ${milliseconds('lossOnly')}`,
    }),
  ];
}

function timing(executor: Executor, seconds: Seconds): Executor {
  const timed = async <Result>(kind: keyof Seconds, work: () => Promise<Result>): Promise<Result> => {
    const begun = performance.now();
    const result = await work();
    seconds[kind] = Math.min(seconds[kind], (performance.now() - begun) / 1000);
    return result;
  };
  return {
    ...executor,
    async createSession(model, options): Promise<GraphSession> {
      const session = await executor.createSession(model, options);
      return {
        async run(feeds, fetches = []) {
          const results = fetches.filter((name) => !options?.resident?.includes(name));
          await timed('lossOnly', () => session.run(feeds, results));
          return timed('everything', () => session.run(feeds, fetches));
        },
        dispose: () => session.dispose(),
      };
    },
  };
}
