/** `config.json`: the resolved options of a run, so that a rerun of the same directory needs no flags. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { writeFileAtomic } from '@llm/core/node';
import type { PipelineOptions } from '../options.js';
import { sealedJson, unsealedJson } from './sealed-json.js';

const configName = 'config.json';
const kind = 'llm/run-config';

/** Throws `pipeline/config-invalid`. */
export function readRunConfig(directory: string): PipelineOptions | undefined {
  const path = join(directory, configName);
  if (!existsSync(path)) return undefined;
  const config = unsealedJson<{ readonly options: PipelineOptions }>(readFileSync(path, 'utf8'), kind);
  if (config !== undefined) return config.options;
  throw new LlmError({
    code: 'pipeline/config-invalid',
    message: `${path} is damaged, was changed by hand, or was written by another version. Start a new run in another --run directory.`,
    details: { path },
  });
}

export async function writeRunConfig(directory: string, options: PipelineOptions): Promise<void> {
  const text = sealedJson(kind, { options });
  const path = join(directory, configName);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  await writeFileAtomic(path, text);
}
