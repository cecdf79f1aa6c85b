/**
 * Fine-tuning a real model with LoRA 16 against PyTorch + PEFT: the same model, initial
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
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-tuning-'));
  try {
    const script = place('tooling/oracles/assistant/peft-sft.ts');
    const node = ['--conditions=@llm/source', '--import', 'tsx', script, model, rows, directory];
    const ours = run(process.execPath, node);
    if (ours === undefined) throw new Error('peft-sft.ts failed.');
    const peer = existsSync(python)
      ? run(python, [place('tooling/oracles/assistant/peft_sft.py'), directory])
      : undefined;
    const common = {
      suite: 'tuning',
      case: 'SmolLM2-135M-Instruct, LoRA 16, 20 steps of 2 × 256 tokens, float32, 2 threads',
      peerName: 'PyTorch + PEFT',
      note: peer === undefined ? `${installPeers}, with peft and transformers` : undefined,
    };
    const row = (
      metric: string,
      unit: string,
      of: (training: Training) => number,
      higherIsBetter = false,
    ): BenchRow =>
      benchRow({
        ...common,
        metric,
        unit,
        ours: of(ours),
        peer: peer === undefined ? null : of(peer),
        higherIsBetter,
      });
    return [
      row('held-out loss after', 'nats/token', ({ after }) => after),
      row('rate, best step', 'steps/s', ({ secondsPerStep }) => 1 / secondsPerStep, true),
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
