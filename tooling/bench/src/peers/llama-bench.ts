/**
 * llama.cpp's own `llama-bench`, built from source in the ignored `.peers/llama.cpp/build` by
 * `npm run bench:peers`, or where LLAMA_CPP_BIN says. Its threads wait for each other by spinning: a busy
 * machine slows it a hundredfold.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binaries =
  process.env.LLAMA_CPP_BIN ??
  fileURLToPath(new URL('../../../../.peers/llama.cpp/build/bin', import.meta.url));

export interface LlamaBenchResult {
  /** Tokens per second. */
  readonly decode: number;
  readonly prefill: number;
  readonly firstTokenSeconds: number;
  readonly peakMegabytes: number;
}

interface BenchLine {
  readonly n_prompt: number;
  readonly n_gen: number;
  readonly avg_ts: number;
}

/** undefined where it is not built. */
export async function llamaBench(
  file: string,
  {
    prompt,
    newTokens,
    threads,
  }: { readonly prompt: number; readonly newTokens: number; readonly threads: number },
): Promise<LlamaBenchResult | undefined> {
  const program = join(binaries, 'llama-bench');
  if (!existsSync(program)) return undefined;
  const common = ['-m', file, '-t', String(threads), '-o', 'json'];
  const rates = await run(program, [...common, '-p', String(prompt), '-n', String(newTokens), '-r', '3']);
  const lines = JSON.parse(rates.output) as BenchLine[];
  const rate = (wanted: (line: BenchLine) => boolean): number => lines.find(wanted)!.avg_ts;
  const first = await run(program, [...common, '-p', '16', '-n', '1', '-r', '1', '--no-warmup']);
  return {
    decode: rate(({ n_gen }) => n_gen === newTokens),
    prefill: rate(({ n_prompt }) => n_prompt === prompt),
    firstTokenSeconds: first.seconds,
    peakMegabytes: rates.peakMegabytes,
  };
}

interface Run {
  readonly output: string;
  readonly seconds: number;
  /** The most that was resident, looked at every 10 ms. */
  readonly peakMegabytes: number;
}

function run(program: string, options: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    let peakMegabytes = 0;
    const look = setInterval(() => {
      try {
        const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
        peakMegabytes = Math.max(peakMegabytes, Number(peak?.[1] ?? 0) / 1000);
      } catch {
        // It has ended.
      }
    }, 10);
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      if (code === 0) resolve({ output, seconds: (performance.now() - begun) / 1000, peakMegabytes });
      else reject(new Error(`${program} ended with ${code}.`));
    });
  });
}
