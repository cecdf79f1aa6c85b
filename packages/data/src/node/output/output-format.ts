import { checkChoice, checkNumber, LlmError } from '@llm/core';

export type OutputFormat = 'parquet' | 'jsonl' | 'text';

export const outputFormats: readonly OutputFormat[] = ['parquet', 'jsonl', 'text'];

interface OutputOptions {
  readonly format?: string | undefined;
  readonly compression?: string | undefined;
  readonly columns?: unknown;
  readonly groupDocuments?: number | undefined;
}

/** Throws `core/option-invalid` for what is not known, and for what the format passes over. */
export function checkOutputOptions(options: OutputOptions): void {
  const { format = 'parquet', compression, groupDocuments } = options;
  checkChoice('format', format, outputFormats);
  const compressions = format === 'parquet' ? ['snappy', 'gzip', 'zstd', 'none'] : ['gzip', 'zstd', 'none'];
  if (compression !== undefined) checkChoice('compression', compression, compressions);
  if (groupDocuments !== undefined)
    checkNumber('groupDocuments', groupDocuments, { minimum: 1, integer: true });
  if (format === 'parquet') return;
  for (const option of ['columns', 'groupDocuments'] as const)
    if (options[option] !== undefined)
      throw new LlmError({
        code: 'core/option-invalid',
        message: `${option} is of Parquet files, and the format is ${format}. Leave it out.`,
        details: { option },
      });
}
