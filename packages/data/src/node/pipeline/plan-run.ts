/** Inputs and options → the plan of a run: its units of work and the fingerprint that its work lies under. */
import { basename } from 'node:path';
import { LlmError } from '@llm/core';
import type { PageStep } from '../../page/page-step.js';
import type { IndexDescription } from '../deduplication/earlier-index.js';
import { inputBytes } from '../files/input-file.js';
import { splitAtMembers } from '../files/split-at-members.js';
import type { DataInput } from '../inputs/data-input.js';
import { inputLabels } from '../inputs/input-labels.js';
import type { DataPipelineOptions } from './data-pipeline-options.js';
import { fileFingerprint, fingerprint } from './fingerprint.js';
import type { RunPlan } from './run-context.js';
import type { UnitSource } from './unit-files.js';

/** Raised when a change of the code changes the output. */
const pipelineVersion = 2;
const mebibyte = 1024 * 1024;

/** `earlier`: what earlier crawls left, which decides the output, too. Throws `data/input-missing`. */
export async function planRun(
  options: DataPipelineOptions,
  steps: readonly PageStep[],
  earlier: readonly IndexDescription[] = [],
): Promise<RunPlan> {
  const { inputs, prefix } = options;
  if (inputs.length === 0)
    throw new LlmError({
      code: 'data/input-missing',
      message: 'No input was given: name at least one file.',
    });
  const sizes: number[] = [];
  for (const { path } of inputs) sizes.push(await inputBytes(path));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // Some 64 pieces keep several workers busy to the end; a file of Common Crawl (1 GB) among many stays
  // whole. A small crawl has fewer pieces, which must still come out even on two workers.
  const pieceBytes =
    options.pieceBytes ?? Math.min(1024 * mebibyte, Math.max(4 * mebibyte, Math.ceil(total / 64)));
  const print = await runFingerprint(options, steps, pieceBytes, earlier);
  const work = `${prefix}/work/${print.slice(0, 16)}`;
  const labels = inputLabels(inputs.map(({ path }) => path));
  const units: UnitSource[] = [];
  for (const [index, input] of inputs.entries())
    units.push(...(await unitsOf(input, labels[index]!, sizes[index]!, pieceBytes, work, units.length)));
  return {
    fingerprint: print,
    prefix,
    work,
    units,
    limits: { maxPageBytes: options.maxPageBytes, documentCharacters: options.documentCharacters },
    deduplication: options.deduplication ?? {},
    decontamination: options.decontamination,
    pii: options.pii ?? {},
    record: options.record ?? {},
    shardCharacters: options.shardCharacters ?? 32 * mebibyte,
    segmentItems: options.segmentItems ?? 1000,
  };
}

async function unitsOf(
  input: DataInput,
  label: string,
  size: number,
  pieceBytes: number,
  work: string,
  first: number,
): Promise<UnitSource[]> {
  const pieces =
    input.kind === 'warc' ? await splitAtMembers(input.path, size, pieceBytes) : [{ start: 0, end: size }];
  return pieces.map((range, piece) => ({
    input,
    file: label,
    label: range.start === 0 ? label : `${label}@${range.start}`,
    range,
    place: `${work}/units/${String(first + piece).padStart(6, '0')}`,
  }));
}

async function runFingerprint(
  options: DataPipelineOptions,
  steps: readonly PageStep[],
  pieceBytes: number,
  earlier: readonly IndexDescription[],
): Promise<string> {
  const { deduplication, pii, record, shardCharacters, maxPageBytes, documentCharacters, segmentItems } =
    options;
  const files = await Promise.all(
    options.inputs.map(async (input) => ({
      ...input,
      path: basename(input.path),
      content: await fileFingerprint(input.path),
    })),
  );
  return fingerprint({
    pipelineVersion,
    steps: steps.map(({ name, version, options }) => ({ name, version, options })),
    deduplication,
    pii,
    record,
    shardCharacters,
    maxPageBytes,
    documentCharacters,
    segmentItems,
    pieceBytes,
    files,
    ...(earlier.length > 0 && { earlier }),
  });
}
