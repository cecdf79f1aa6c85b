/**
 * `--source wiki=clean/wiki` → the documents of a source: a folder that `llm data` wrote (its `part-…` or
 * `shard-…` files), a file, or a pattern, here or on `https:`, `s3:`, `hf:`. What a file is, its name says.
 */
import { statSync } from 'node:fs';
import { LlmError } from '@llm/core';
import { type DataInput, listSources } from '@llm/data/node';
import { fittingNames } from './find-inputs.js';

export interface NamedSource {
  readonly name: string;
  readonly inputs: readonly DataInput[];
}

const kinds = ['parquet', 'jsonl', 'csv', 'text'] as const;

/** Throws `pipeline/source-invalid`, `data/storage-…`, `data/input-missing`. */
export async function namedSources(
  given: readonly string[],
  field: string | undefined,
): Promise<NamedSource[]> {
  const inputs = new Map<string, DataInput[]>();
  for (const [name, location] of named(given, '--source', 'clean/wiki')) {
    const isFolder = statSync(location, { throwIfNoEntry: false })?.isDirectory() ?? location.endsWith('/');
    const found = await listSources(isFolder ? `${location.replace(/\/+$/, '')}/` : location);
    const urls = found.map(({ url }) => url);
    const fitting = isFolder ? urls.filter((url) => /\/(?:part|shard)-\d+\.[a-z.]+$/.test(url)) : urls;
    if (fitting.length === 0)
      throw invalid(
        `${location} holds no files called part-00000.… or shard-00000.…. Name files, or a pattern in quotes.`,
      );
    const files = fitting.map((path): DataInput => {
      const kind = kinds.find((one) => fittingNames[one].test(path));
      if (kind !== undefined) return { kind, path, field: kind === 'text' ? undefined : field };
      throw invalid(`${path} is called neither .parquet, .jsonl, .csv nor .txt (also .gz, .zst).`);
    });
    inputs.set(name, [...(inputs.get(name) ?? []), ...files]);
  }
  return [...inputs].map(([name, files]) => ({ name, inputs: files }));
}

/** `wiki=0.3` → `{ wiki: 0.3 }`. Throws `pipeline/source-invalid`. */
export function namedWeights(given: readonly string[]): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const [name, value] of named(given, '--weight', '0.3')) {
    const weight = value.trim() === '' ? Number.NaN : Number(value);
    if (!(weight > 0 && Number.isFinite(weight)) || Object.hasOwn(weights, name))
      throw invalid(`--weight ${name}=${value}: give each name one number above 0.`);
    weights[name] = weight;
  }
  return weights;
}

function named(given: readonly string[], flag: string, example: string): [name: string, value: string][] {
  return given.map((text) => {
    const at = text.indexOf('=');
    if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
    throw invalid(`${flag} ${text} has no name. Write ${flag} wiki=${example}`);
  });
}

const invalid = (message: string): LlmError => new LlmError({ code: 'pipeline/source-invalid', message });
