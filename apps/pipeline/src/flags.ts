/** Flags to options: values are checked while parsing (exit code 2), files while resolving (exit code 1). */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LlmError } from '@llm/core';
import { InvalidArgumentError } from 'commander';
import type { InputFile, PipelineOptions, PresetName } from './options.js';
import { presetOptions } from './presets.js';
import { describeSystemError } from './system-error.js';

/** What `llm run` and the stage commands take; absent means not given. */
export interface RunFlags {
  readonly run?: string | undefined;
  readonly preset?: PresetName | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly size?: number | undefined;
  readonly warc?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  readonly jsonl?: readonly string[] | undefined;
  readonly conversations?: readonly string[] | undefined;
  readonly vocabulary?: number | undefined;
  readonly depth?: number | undefined;
  readonly context?: number | undefined;
  readonly pretrainSteps?: number | undefined;
  readonly sftSteps?: number | undefined;
  readonly rlSteps?: number | undefined;
  readonly digits?: number | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** A parser for commander: a whole number within bounds, or one clear line. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      const bounds =
        maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`Give a whole number ${bounds}.`);
    }
    return value;
  };
}

export function numberBetween(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= minimum && value <= maximum))
      throw new InvalidArgumentError(`Give a number from ${minimum} to ${maximum}.`);
    return value;
  };
}

/** Throws `pipeline/input-missing`. */
export function describeInput(kind: InputFile['kind'], path: string): InputFile {
  try {
    const entry = statSync(path);
    if (!entry.isFile()) throw new Error('it is not a file');
    return { kind, path: resolve(path), bytes: entry.size, modified: Math.floor(entry.mtimeMs) };
  } catch (cause) {
    const reason = describeSystemError(cause) ?? (cause as Error).message;
    throw new LlmError({
      code: 'pipeline/input-missing',
      message: `Cannot read --${kind} ${path}: ${reason}`,
      details: { path },
      cause,
    });
  }
}

/** The options of a new run, or those of an existing one with the given flags put over them. */
export function resolveOptions(flags: RunFlags, existing: PipelineOptions | undefined): PipelineOptions {
  const preset = flags.preset ?? existing?.preset ?? 'default';
  const base = existing?.preset === preset ? existing : presetOptions(preset);
  const files = [
    ...(flags.warc ?? []).map((path) => describeInput('warc', path)),
    ...(flags.text ?? []).map((path) => describeInput('text', path)),
    ...(flags.jsonl ?? []).map((path) => describeInput('jsonl', path)),
  ];
  const input =
    files.length > 0
      ? ({ kind: 'files', files } as const)
      : flags.size === undefined
        ? base.input
        : ({ kind: 'miniweb', pages: flags.size } as const);
  const contextLength = flags.context ?? base.model.contextLength;
  return {
    preset,
    seed: flags.seed ?? base.seed,
    threads: flags.threads ?? base.threads,
    input,
    conversations:
      flags.conversations?.map((path) => describeInput('conversations', path)) ?? base.conversations,
    tokenizer: { ...base.tokenizer, vocabularySize: flags.vocabulary ?? base.tokenizer.vocabularySize },
    model: {
      depth: flags.depth ?? base.model.depth,
      width: flags.depth === undefined || flags.depth === base.model.depth ? base.model.width : null,
      contextLength,
    },
    pretrain: {
      ...base.pretrain,
      steps: flags.pretrainSteps ?? base.pretrain.steps,
      columns: flags.context ?? base.pretrain.columns,
    },
    sft: {
      ...base.sft,
      steps: flags.sftSteps ?? base.sft.steps,
      columns: flags.context ?? base.sft.columns,
    },
    tasks: { ...base.tasks, digits: flags.digits ?? base.tasks.digits },
    rl: { ...base.rl, steps: flags.rlSteps ?? base.rl.steps },
  };
}
