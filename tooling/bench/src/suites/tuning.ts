/**
 * Fine-tuning a real model with LoRA 16, and whole, against PyTorch + PEFT: the same model, initial
 * adapter, batches and held-out rows, 20 steps of 2 × 256 tokens, float32, 2 threads
 * (tooling/oracles/assistant/peft-sft.ts). Needs the model of install-smollm2.sh and
 * BENCH_TUNING_ROWS, a JSONL file of conversations in any form that `llm sft` reads.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPeers, python } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

interface Training {
  /** nats per token on the held-out rows */
  readonly before: number;
  readonly after: number;
  readonly secondsPerStep: number;
  readonly cpuSecondsPerStep: number;
  readonly peakMegabytes: number;
}

const place = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

export async function tuningSuite(): Promise<BenchRow[]> {
  const model = place('.peers/models/SmolLM2-135M-Instruct.Q4_1.gguf');
  const rows = process.env.BENCH_TUNING_ROWS;
  if (!existsSync(model) || rows === undefined || !existsSync(rows)) {
    const needed = 'bash tooling/oracles/install-smollm2.sh, and BENCH_TUNING_ROWS=FILE.jsonl';
    process.stderr.write(`tuning: skipped, it needs ${needed}\n`);
    return [];
  }
  return [...compare('lora', model, rows), ...compare('full', model, rows)];
}

/** Ours and theirs in turn, twice: what else the machine does meets both. */
function compare(mode: 'lora' | 'full', model: string, rows: string): BenchRow[] {
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-tuning-'));
  try {
    const script = place('tooling/oracles/assistant/peft-sft.ts');
    const node = ['--conditions=@llm/source', '--import', 'tsx', script, model, rows, directory, '20', mode];
    const peerScript = [place('tooling/oracles/assistant/peft_sft.py'), directory];
    const [ours, peers]: [Training[], Training[]] = [[], []];
    for (let turn = 0; turn < 2; turn++) {
      const own = run(process.execPath, node);
      if (own === undefined) throw new Error('peft-sft.ts failed.');
      ours.push(own);
      const peer = existsSync(python) ? run(python, peerScript) : undefined;
      if (peer !== undefined) peers.push(peer);
    }
    const common = {
      suite: 'tuning',
      case: `SmolLM2-135M-Instruct, ${mode === 'lora' ? 'LoRA 16' : 'all weights'}, 20 steps of 2 × 256 tokens, float32, 2 threads`,
      peerName: mode === 'lora' ? 'PyTorch + PEFT' : 'PyTorch + transformers',
      note: peers.length === 0 ? `${installPeers}, with peft and transformers` : undefined,
    };
    const least = (trainings: readonly Training[], of: (training: Training) => number): number =>
      Math.min(...trainings.map(of));
    const row = (metric: string, unit: string, of: (training: Training) => number): BenchRow =>
      benchRow({
        ...common,
        metric,
        unit,
        ours: least(ours, of),
        peer: peers.length === 0 ? null : least(peers, of),
        higherIsBetter: false,
      });
    return [
      row('held-out loss after', 'nats/token', ({ after }) => after),
      row('wall time of a step, best', 's', ({ secondsPerStep }) => secondsPerStep),
      row('processor time of a step, best', 's', ({ cpuSecondsPerStep }) => cpuSecondsPerStep),
      row('peak resident memory', 'MB', ({ peakMegabytes }) => peakMegabytes),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(program: string, parameters: readonly string[]): Training | undefined {
  const { stdout, status } = spawnSync(program, parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return status === 0 ? (JSON.parse(stdout.trim().split('\n').at(-1)!) as Training) : undefined;
}
