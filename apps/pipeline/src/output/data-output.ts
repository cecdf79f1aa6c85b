/**
 * `llm data --output PLACE`: what the data stage of a run kept, written for others, with a card beside it. It
 * is no stage of the run: the same run can be written to many places in many forms, each the same bytes
 * whenever it is written.
 */
import { mkdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, LlmError, type Tokenizer } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { checkWritable, readShards, writeDataCard, writeDocuments } from '@llm/data/node';
import { isRemote } from '../inputs/is-remote.js';
import type { PipelineOptions } from '../options.js';
import { cleaningSettings, dataInputs, dataSteps } from '../stages/data.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import { checkOutputOurs, claimOutput } from './claim-output.js';
import { type DataFormat, dataFormats } from './data-formats.js';

export interface OutputFlags {
  readonly output?: string | undefined;
  readonly format?: DataFormat | undefined;
  readonly compression?: 'snappy' | 'gzip' | 'zstd' | 'none' | undefined;
  readonly licence?: string | undefined;
  readonly tokenizer?: string | undefined;
}

export interface DataOutput {
  /** Writes what the run kept; resolves to a line that says so. */
  write(directory: string, options: PipelineOptions, signal: AbortSignal): Promise<string>;
}

/**
 * Undefined when no output is wanted. Throws, before any work, `pipeline/flag-without-input` for flags that
 * have no effect, `data/storage-…` and `core/write-failed` where nothing can be written.
 */
export async function openDataOutput(flags: OutputFlags): Promise<DataOutput | undefined> {
  const place = await openOutputPlace(flags);
  if (place === undefined) return undefined;
  return { write: (directory, options, signal) => write({ flags, place, directory, options, signal }) };
}

/** Where and as what text is written: checked, and the tokenizer read. */
export interface OutputPlace {
  readonly output: string;
  readonly format: DataFormat;
  readonly compression: OutputFlags['compression'];
  readonly tokenizer: Tokenizer | undefined;
}

/** As `openDataOutput`. */
export async function openOutputPlace(flags: OutputFlags): Promise<OutputPlace | undefined> {
  const { output, format = 'parquet', compression } = flags;
  const depending = (['format', 'compression', 'licence', 'tokenizer'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (output === undefined) {
    if (depending === undefined) return undefined;
    throw unfit(`--${depending} says how the data is written, and no place is named. Give --output, too.`);
  }
  const isTokens = dataFormats[format].tokens;
  if (isTokens !== (flags.tokenizer !== undefined))
    throw unfit(
      isTokens
        ? `--format ${format} writes token ids: name the tokenizer with --tokenizer PATH.`
        : `--tokenizer is for --format tokens and megatron, and the format is ${format}. Leave it out.`,
    );
  if (isTokens && compression !== undefined)
    throw unfit(`--compression is of files of text, and the format is ${format}. Leave it out.`);
  if (format !== 'parquet' && compression === 'snappy')
    throw unfit(`--compression snappy is of Parquet. Of ${format} it is gzip, zstd or none.`);
  if (isTokens && isRemote(output))
    throw unfit(`--format ${format} is written to a folder of this machine, and --output is ${output}.`);
  const tokenizer = isTokens
    ? (await import('./token-output.js')).readTokenizer(flags.tokenizer!)
    : undefined;
  await checkWritable(output);
  await checkOutputOurs(output);
  return { output, format, compression, tokenizer };
}

interface Work {
  readonly flags: OutputFlags;
  readonly place: OutputPlace;
  readonly directory: string;
  readonly options: PipelineOptions;
  readonly signal: AbortSignal;
}

type CardOptions = Parameters<typeof writeDataCard>[0];

async function write(work: Work): Promise<string> {
  const { flags, place, directory, options } = work;
  const { output, format, compression } = place;
  const store = new DirectoryStore(directory);
  const report = JSON.parse(
    new TextDecoder().decode(await store.read('data/report.json')),
  ) as CardOptions['report'];
  const written = await writeText(place, readShards(store, 'data'), work.signal);
  await writeDataCard({
    name: basename(output.replace(/\/+$/, '')),
    output,
    inputs: await dataInputs(options, directory),
    steps: await dataSteps(options),
    settings: {
      seed: options.seed,
      ...cleaningSettings(options.cleaning),
      output: { format, compression: compression ?? 'default' },
    },
    report,
    written,
    licence: flags.licence,
  });
  const bytes = written.files.reduce((sum, file) => sum + file.bytes, 0);
  return `data: ${formatCount(written.documents)} documents, ${formatBytes(bytes)} in ${written.files.length} files, and their card, in ${output}`;
}

export async function writeText(
  { output, format, compression, tokenizer }: OutputPlace,
  documents: AsyncIterable<Document>,
  signal: AbortSignal,
): Promise<CardOptions['written']> {
  await claimOutput(output);
  if (format !== 'tokens' && format !== 'megatron')
    return writeDocuments({ documents, output, format, compression, signal });
  const folder = /^file:/i.test(output) ? fileURLToPath(output) : resolve(output);
  await mkdir(folder, { recursive: true });
  const { writeTokens } = await import('./token-output.js');
  return writeTokens(folder, { format, tokenizer: tokenizer!, documents, signal });
}

const unfit = (message: string): LlmError => new LlmError({ code: 'pipeline/flag-without-input', message });
