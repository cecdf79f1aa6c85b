/** Flags to options: values are checked while parsing (exit code 2), files while resolving (exit code 1). */
import { LlmError } from '@llm/core';
import { InvalidArgumentError } from 'commander';
import { type RecordFlags, recordOf } from './explaining/recorded.js';
import { type CleaningFlags, resolveCleaning } from './inputs/cleaning.js';
import type { CrawlFlags } from './inputs/crawl-input.js';
import { type FilterFlags, filterOptions } from './inputs/filter-flags.js';
import { type FoundInputs, findInputs } from './inputs/find-inputs.js';
import { describeAgain, describeInput, hasField, type InputFile } from './inputs/input-file.js';
import { isRemote } from './inputs/is-remote.js';
import type { PipelineOptions, PresetName } from './options.js';
import { presetOptions } from './presets.js';

/** What `llm run` and the stage commands take; absent means not given. */
export interface RunFlags extends CrawlFlags, CleaningFlags, FilterFlags, RecordFlags {
  readonly run?: string | undefined;
  readonly preset?: PresetName | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly size?: number | undefined;
  readonly warc?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  readonly jsonl?: readonly string[] | undefined;
  readonly csv?: readonly string[] | undefined;
  readonly parquet?: readonly string[] | undefined;
  readonly textField?: string | undefined;
  readonly conversations?: readonly string[] | undefined;
  readonly vocabulary?: number | undefined;
  readonly depth?: number | undefined;
  readonly context?: number | undefined;
  readonly inputNoise?: number | undefined;
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

/**
 * The options of a new run, or those of an existing one with the given flags put over them. Input that is not
 * given again is looked at again: what it is now decides, so that a change is noticed. `note` hears what is
 * to be said about the inputs. Throws what `findInputs` does.
 */
export async function resolveOptions(
  flags: RunFlags,
  existing: PipelineOptions | undefined,
  note: (line: string) => void = () => undefined,
): Promise<PipelineOptions> {
  const preset = flags.preset ?? existing?.preset ?? 'default';
  const base = existing?.preset === preset ? existing : presetOptions(preset);
  const { input, conversations, passedOver } = await resolveInputs(flags, base, note);
  const contextLength = flags.context ?? base.model.contextLength;
  return {
    preset,
    seed: flags.seed ?? base.seed,
    threads: flags.threads ?? base.threads,
    input,
    filters: filterOptions(flags) ?? base.filters,
    cleaning: resolveCleaning(flags, existing?.cleaning),
    conversations,
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
      inputNoise: flags.inputNoise ?? base.pretrain.inputNoise,
      // What copies takes two layers.
      copyingSteps: flags.depth === 1 ? 0 : base.pretrain.copyingSteps,
    },
    sft: {
      ...base.sft,
      steps: flags.sftSteps ?? base.sft.steps,
      columns: flags.context ?? base.sft.columns,
    },
    tasks: { ...base.tasks, digits: flags.digits ?? base.tasks.digits },
    claims: base.claims,
    rl: { ...base.rl, steps: flags.rlSteps ?? base.rl.steps },
    passedOver,
    record: recordOf(flags) ?? (flags.preset === undefined ? existing?.record : undefined),
  };
}

async function resolveInputs(
  flags: RunFlags,
  base: PipelineOptions,
  note: (line: string) => void,
): Promise<Pick<PipelineOptions, 'input' | 'conversations' | 'passedOver'>> {
  const field = flags.textField === 'text' ? undefined : flags.textField;
  const { crawlInput } = await import('./inputs/crawl-input.js');
  const crawl = await crawlInput(flags);
  const documents: FoundInputs[] = [];
  for (const kind of documentKinds) {
    const given = [...(flags[kind] ?? []), ...(kind === 'warc' && crawl.kind === 'files' ? crawl.urls : [])];
    const [here, elsewhere] = [given.filter((name) => !isRemote(name)), given.filter(isRemote)];
    const wanted = hasField(kind) ? field : undefined;
    if (here.length > 0) documents.push(findInputs(kind, here, wanted));
    if (elsewhere.length > 0) {
      const { findStoredInputs } = await import('./inputs/find-stored-inputs.js');
      documents.push(await findStoredInputs(kind, elsewhere, wanted));
    }
  }
  const chats =
    flags.conversations === undefined ? undefined : findInputs('conversations', flags.conversations);
  const files = documents.flatMap((found) => found.files);
  const input =
    crawl.kind === 'captures' ? captures(crawl.input, files) : ownOrGenerated(flags, base, files, field);
  if (
    flags.textField !== undefined &&
    !(input.kind === 'files' && input.files.some(({ kind }) => hasField(kind)))
  )
    throw new LlmError({
      code: 'pipeline/flag-without-input',
      message:
        '--text-field says which field of --jsonl, --csv or --parquet holds the text, and there is none of them. Give both.',
    });
  const found = [...documents, ...(chats === undefined ? [] : [chats])];
  for (const line of found.flatMap(({ notes }) => notes)) note(line);
  const passedOver: Record<string, number> = found.length === 0 ? { ...base.passedOver } : {};
  for (const [reason, count] of found.flatMap((one) => Object.entries(one.passedOver)))
    passedOver[reason] = (passedOver[reason] ?? 0) + count;
  return {
    input,
    conversations: chats?.files ?? base.conversations.map(describeAgain),
    passedOver: Object.keys(passedOver).length === 0 ? undefined : passedOver,
  };
}

const documentKinds = ['warc', 'text', 'jsonl', 'csv', 'parquet'] as const;

/** Throws `pipeline/flag-without-input`: pages of an index are an input of their own. */
function captures(input: PipelineOptions['input'], files: readonly InputFile[]): PipelineOptions['input'] {
  if (files.length === 0) return input;
  throw new LlmError({
    code: 'pipeline/flag-without-input',
    message:
      '--domain and --urls take single pages of a crawl, and files were named beside them. Give one or the other, in two runs.',
  });
}

function ownOrGenerated(
  flags: RunFlags,
  base: PipelineOptions,
  files: readonly InputFile[],
  field: string | undefined,
): PipelineOptions['input'] {
  if (files.length > 0) return { kind: 'files', files };
  if (flags.size !== undefined) return { kind: 'miniweb', pages: flags.size };
  if (base.input.kind !== 'files') return base.input;
  return {
    kind: 'files',
    files: base.input.files.map((file) => {
      if (flags.textField === undefined || !hasField(file.kind)) return describeAgain(file);
      return isRemote(file.path) ? { ...file, field } : describeInput(file.kind, file.path, { field });
    }),
  };
}
