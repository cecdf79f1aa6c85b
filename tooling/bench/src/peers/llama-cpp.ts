/**
 * llama.cpp's rates on a model written as float32 GGUF. Its threads wait for each other by spinning: a busy
 * machine slows it a hundredfold.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installLlamaCpp, llamaCppVersion } from '@llm/build/llama-cpp';
import { type GgufOptions, ggufParts } from '@llm/model/export';
import type { Sampling } from '../sampling.js';

export interface LlamaCppRateOptions extends Pick<GgufOptions, 'config' | 'parameters'> {
  /** Path of the GGUF file to write. */
  readonly file: string;
  readonly rows: readonly number[];
  readonly prompt: number;
  readonly newTokens: number;
  readonly threads: number;
}

export interface LlamaCppRates {
  /** Of node-llama-cpp. */
  readonly version: string;
  /** By number of rows; empty when there is no result. */
  readonly rates: Readonly<Record<string, Sampling>>;
  /** Why there is none. */
  readonly note: string;
}

export function llamaCppRates(options: LlamaCppRateOptions): LlamaCppRates {
  const version = llamaCppVersion();
  if (version === undefined) return { version: '', rates: {}, note: installLlamaCpp };
  const { config, parameters, ...run } = options;
  // The binding reads texts of tokens when it opens a file; any will do.
  const tokens = Array.from({ length: config.vocabularySize }, (_, id) => `<${id}>`);
  const tokenizer = { model: 'gpt2', pre: 'gpt-2', tokens, tokenTypes: tokens.map(() => 1), merges: [] };
  writeFileSync(options.file, Buffer.concat([...ggufParts({ config, parameters, tokenizer })]));
  try {
    const script = fileURLToPath(new URL('./llama-cpp.mjs', import.meta.url));
    const argument = JSON.stringify({ ...run, vocabulary: config.vocabularySize });
    const output = execFileSync(process.execPath, [script, argument], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5 * 60_000,
    });
    const rates = JSON.parse(output.trim().split('\n').at(-1)!) as Record<string, Sampling>;
    return { version, rates, note: '' };
  } catch (error) {
    return { version, rates: {}, note: `failed, or took five minutes: ${String(error).split('\n')[0]}` };
  }
}
