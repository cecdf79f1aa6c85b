/**
 * Long windows: peak memory and time of AdamW steps at 8,192 tokens and of
 * inference at 16,384, each in a process of its own, against the limit of
 * 4 GB; and what `compact` costs in processor time where both paths fit.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LongWindowOptions, LongWindowResult } from '../long-window-run.js';
import { type BenchRow, benchRow } from '../row.js';

const size = { depth: 4, width: 256, vocabularySize: 32_768, steps: 4, threads: 2 } as const;
const sizeText = 'depth 4, width 256, vocabulary 32768, batch 1, 2 threads, onnxruntime-node CPU';

export async function memorySuite(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const limit = (text: string, columns: number, result: LongWindowResult): void => {
    const common = {
      suite: 'memory',
      case: `${text}, ${columns} tokens, ${sizeText}`,
      higherIsBetter: false,
    };
    const note = `losses ${result.losses.map((loss) => loss.toFixed(3)).join(', ')}`;
    const peak = { metric: 'peak resident memory', unit: 'MB', ours: result.peakMegabytes };
    const alone = { peerName: 'no peer', peer: null, note };
    rows.push(
      benchRow({ ...common, ...peak, peerName: 'limit', peer: 4096 }),
      benchRow({ ...common, ...alone, metric: 'processor time', unit: 's', ours: result.processorSeconds }),
      benchRow({ ...common, ...alone, metric: 'wall time', unit: 's', ours: result.seconds }),
    );
  };
  limit('AdamW step', 8192, run({ ...size, task: 'train', columns: 8192 }));
  limit('log-probabilities', 16_384, run({ ...size, task: 'score', columns: 16_384 }));
  limit('generate after a prompt', 16_384, run({ ...size, task: 'generate', columns: 16_384 }));
  for (const columns of [512, 2048]) {
    const [compact, fast] = (['compact', 'fast'] as const).map((memory) =>
      run({ ...size, task: 'train', columns, memory }),
    ) as [LongWindowResult, LongWindowResult];
    const common = {
      suite: 'memory',
      case: `AdamW step, ${columns} tokens, ${sizeText}`,
      higherIsBetter: false,
    };
    const peer = { peerName: '@llm/model memory: fast' };
    rows.push(
      benchRow({
        ...common,
        ...peer,
        metric: 'processor time per step, memory: compact',
        unit: 's',
        ours: compact.processorSeconds,
        peer: fast.processorSeconds,
      }),
      benchRow({
        ...common,
        ...peer,
        metric: 'peak resident memory, memory: compact',
        unit: 'MB',
        ours: compact.peakMegabytes,
        peer: fast.peakMegabytes,
      }),
    );
  }
  return rows;
}

function run(options: LongWindowOptions): LongWindowResult {
  const script = fileURLToPath(new URL('../long-window-run.ts', import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=@llm/source', '--import', 'tsx', script, JSON.stringify(options)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${JSON.stringify(options)} failed: ${stderr}`);
  return JSON.parse(stdout) as LongWindowResult;
}
