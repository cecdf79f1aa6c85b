/** `config.json`: the resolved options of a run, so that a rerun of the same directory needs no flags. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { writeFileAtomic } from '@llm/core/node';
import type { PipelineOptions } from '../options.js';

const configName = 'config.json';

export function readRunConfig(directory: string): PipelineOptions | undefined {
  const path = join(directory, configName);
  if (!existsSync(path)) return undefined;
  try {
    const config = JSON.parse(readFileSync(path, 'utf8')) as {
      kind: string;
      version: number;
      options: PipelineOptions;
    };
    if (config.kind === 'llm/run-config' && config.version === 1) return config.options;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new LlmError({
    code: 'pipeline/config-invalid',
    message: `${path} is damaged or was written by another version. Start a new run in another --run directory.`,
    details: { path },
  });
}

export async function writeRunConfig(directory: string, options: PipelineOptions): Promise<void> {
  const text = `${JSON.stringify({ kind: 'llm/run-config', version: 1, options }, null, 2)}\n`;
  const path = join(directory, configName);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  await writeFileAtomic(path, text);
}
