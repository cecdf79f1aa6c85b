/** The flags of the commands that train a model from anywhere. */
import { LlmError } from '@llm/core';
import type { PolicyMethodName } from '@llm/rl';
import type { RunFlags } from '../flags.js';
import type { PreferMethod } from './prefer-methods.js';

/** What fine-tuning and practising take alike; absent means not given. */
export interface TuningFlags {
  readonly model: string;
  readonly lora?: number | undefined;
  readonly loraAlpha?: number | undefined;
  readonly loraTargets?: readonly string[] | undefined;
  readonly dtype?: 'as stored' | 'float32' | 'q8' | 'q4' | undefined;
  readonly learningRate?: number | undefined;
  readonly steps?: number | undefined;
  readonly rows?: number | undefined;
  readonly rowsAtOnce?: number | undefined;
  readonly memory?: 'compact' | 'fast' | undefined;
  readonly heldOut?: number | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly saveEvery?: number | undefined;
  readonly out?: string | undefined;
  readonly merge?: boolean | undefined;
  readonly resume?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export interface FineTuneFlags extends TuningFlags {
  readonly conversations?: readonly string[] | undefined;
  readonly epochs?: number | undefined;
  readonly columns?: number | undefined;
  readonly loss?: 'nll' | 'dft' | undefined;
  readonly trainOn?: 'assistant' | 'completion' | 'all' | undefined;
  readonly overflow?: 'skip' | 'truncate' | 'split' | undefined;
  readonly noiseAlpha?: number | undefined;
  readonly teacher?: string | undefined;
  readonly teacherModel?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly onPolicyShare?: number | undefined;
  readonly divergence?: number | undefined;
}

export interface PractiseFlags extends TuningFlags {
  readonly tasks?: string | undefined;
  readonly control?: boolean | undefined;
  readonly samples?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly method?: PolicyMethodName | 'online-dpo' | undefined;
  readonly minimumReward?: number | undefined;
  readonly criticLearningRate?: number | undefined;
  readonly lambda?: number | undefined;
  readonly kl?: number | undefined;
  readonly rewardModel?: string | undefined;
}

export interface PreferFlags extends TuningFlags {
  readonly pairs: readonly string[];
  readonly method?: PreferMethod | undefined;
  readonly beta?: number | undefined;
  readonly columns?: number | undefined;
}

/** Flags that both forms of a stage's command understand. */
const shared = new Set(['model', 'steps', 'seed', 'threads', 'json', 'verbose']);

/** Flags of a run of the pipeline, which a model from elsewhere has nothing to do with. */
const ofRuns: readonly (keyof RunFlags)[] = [
  'run',
  'preset',
  'size',
  'warc',
  'text',
  'jsonl',
  'csv',
  'parquet',
  'crawl',
  'crawlFiles',
  'fraction',
  'domain',
  'urls',
  'index',
  'crawlData',
  'crawlIndex',
  'textField',
  'vocabulary',
  'depth',
  'context',
  'inputNoise',
  'pretrainSteps',
  'sftSteps',
  'rlSteps',
  'digits',
  'conversations',
];

/**
 * Whether a model from elsewhere is named. With `--model` the flags of a run make no sense, without it those
 * of tuning do not: none is passed over. Throws `pipeline/flag-unfit`.
 */
export function checkTuningFlags(command: 'sft' | 'rl', flags: object): boolean {
  const given = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : name));
  const isTuning = given.includes('model');
  const isOfRuns = (name: string): boolean => ofRuns.some((run) => run === name);
  const isShared = (name: string): boolean =>
    shared.has(name) || (name === 'conversations' && (command === 'sft' || !isTuning));
  const wrong = given.find((name) => !isShared(name) && isOfRuns(name) === isTuning);
  if (wrong === undefined) return isTuning;
  const flag = `--${wrong.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new LlmError({
    code: 'pipeline/flag-unfit',
    message: isTuning
      ? `${flag} belongs to a run of the pipeline, and --model names a model from elsewhere. Leave one of them out.`
      : `${flag} is for a model of one's own choice: name it with --model SOURCE, or leave ${flag} out.`,
    details: { flag },
  });
}

/** Of a command that only trains models from elsewhere. Throws `pipeline/flag-unfit`. */
export function requireModel({ model }: { readonly model?: string | undefined }): void {
  if (model !== undefined) return;
  throw new LlmError({
    code: 'pipeline/flag-unfit',
    message: 'llm prefer needs a model: name it with --model SOURCE.',
    details: { flag: '--model' },
  });
}
