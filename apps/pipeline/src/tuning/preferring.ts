/** `llm prefer --model SOURCE`: any model learns from pairs of answers, of which one is better. */
import {
  type ConversationRenderer,
  describeSkipped,
  type RunEventListener,
  type ScoringModel,
} from '@llm/core';
import type { Transformer } from '@llm/model';
import {
  bradleyTerry,
  cpo,
  directPreference,
  kahnemanTversky,
  orpo,
  type PreferencePair,
  preferenceLayout,
  scoreAnswers,
  simpo,
  trainLabelledAnswers,
  trainPreferences,
} from '@llm/rl';
import { readPreferences } from '@llm/sft';
import { inputSettings } from '../inputs/input-file.js';
import { linesOf } from '../inputs/lines-of.js';
import { formatPercent } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { type ComparedPair, comparePairs } from './compare-pairs.js';
import { findRows } from './find-rows.js';
import { judgeSteps } from './judging-steps.js';
import { openTunable, unfit } from './open-tunable.js';
import { type PairMethod, preferenceForms } from './prefer-methods.js';
import { checkScorerFlags, withScalarHead } from './scalar-head.js';
import { type TuningTask, tune } from './tune.js';
import type { PreferFlags } from './tuning-flags.js';

const isForm = (method: PairMethod): method is (typeof preferenceForms)[number] =>
  (preferenceForms as readonly string[]).includes(method);

/** Each method's own default where `beta` is not given. */
function objectiveOf(method: PairMethod, beta: number | undefined) {
  if (method === 'kto') return kahnemanTversky({ beta });
  if (method === 'simpo') return simpo({ beta });
  if (method === 'cpo') return cpo({ beta });
  if (method === 'orpo') return orpo({ beta });
  // Scores near 0 do no harm to what follows from their differences, and none drifts away.
  if (method === 'reward') return bradleyTerry({ centerCoefficient: 0.01 });
  return directPreference({ form: isForm(method) ? method : 'sigmoid', beta });
}

/** Throws `pipeline/flag-unfit`, `sft/no-preferences`, and what `openTunable` and `tune` throw. */
export async function preferAnswers(flags: PreferFlags, output: Output): Promise<void> {
  if (flags.method === 'process') return judgeSteps(flags, output);
  const { method = 'dpo', rows = 4, seed = 0, heldOut: wanted = 32, beta } = flags;
  const isReward = method === 'reward';
  const hasReference = !isReward && method !== 'simpo' && method !== 'cpo' && method !== 'orpo';
  if (isReward) checkScorerFlags(flags);
  if (hasReference && flags.lora === undefined)
    throw unfit(
      `--method ${method}`,
      'its reference is the model without its adapters: give --lora RANK, or take simpo, cpo or orpo, which have none',
    );
  const { files, notes } = findRows('--pairs', flags.pairs);
  const note = (line: string): void => void output.stderr.write(`${line}\n`);
  for (const line of notes) note(line);
  const read: PreferencePair[] = [];
  for (const { path } of files) {
    const onEvent: RunEventListener = (event) => event.type === 'warning' && note(event.message);
    const { pairs } = await readPreferences(linesOf(path), { name: path, onEvent, stage: 'prefer' });
    read.push(...pairs);
  }
  const opened = await openTunable(flags);
  const tunable = isReward ? withScalarHead(opened) : opened;
  const { renderer, loaded, lora } = tunable;
  const { contextLength, vocabularySize } = loaded.config;
  const limit = Math.min(flags.columns ?? 512, contextLength);
  const compared = comparePairs(read, { renderer, columns: limit, vocabularySize });
  const left = compared.skipped;
  if (left.length > 0)
    note(
      `${left.length} of ${read.length} pairs left out: ${describeSkipped(left, ({ index }) => String(index))}.`,
    );
  const count = Math.min(wanted, Math.floor(compared.pairs.length / 10));
  const [held, training] = [compared.pairs.slice(0, count), compared.pairs.slice(count)];
  if (training.length === 0) throw unfit('--pairs', 'no pair is left to learn from');
  const steps = flags.steps ?? Math.max(1, Math.ceil(training.length / rows));
  const learningRate = flags.learningRate ?? (lora === undefined ? 1e-6 : 2e-5);
  const pairsAtOnce = Math.min(rows, flags.rowsAtOnce ?? rows);
  const columns = Math.min(
    limit,
    Math.ceil(Math.max(...compared.pairs.map(({ columns }) => columns)) / 16) * 16,
  );
  note(
    `${training.length} pairs to learn from, ${held.length} held out; ${method}, rows of ${columns} tokens`,
  );
  const shapeOf = (): TuningTask['shape'] => {
    const layout = preferenceLayout(compared.pairs, columns, isReward ? 'ends' : 'answers');
    const isShared = layout.isShared && method !== 'kto';
    return isShared ? { ...layout, rows: pairsAtOnce } : { rows: 2 * pairsAtOnce, columns };
  };
  await tune({
    name: 'prefer',
    title: `${loaded.name} learns from ${training.length} pairs by ${method}`,
    flags,
    output,
    tunable,
    directory: `tuned/${loaded.name}-${method}`,
    settings: {
      ...{
        method,
        beta: beta ?? null,
        pairsAtOnce,
        seed,
        rows,
        steps,
        learningRate,
        columns,
        heldOut: wanted,
      },
      files: inputSettings(files),
    },
    steps,
    shape: shapeOf(),
    rows: 2 * rows,
    objective: objectiveOf(method, beta),
    train: async ({ model, directory, hooks: { rowsAtOnce: _, ...hooks } }) => {
      const reference: ScoringModel | undefined = hasReference ? model.withoutAdapters() : undefined;
      const options = { rows: 2 * pairsAtOnce, columns, reference, renderer, isReward };
      const measure = (step: number) =>
        directory.remember(`held-out-${step}`, async () => ({ ...(await toldApart(model, held, options)) }));
      const isMeasured = held.length > 0;
      const common = {
        ...hooks,
        policy: model,
        renderer,
        steps,
        seed,
        columns,
        schedule: { shape: 'cosine', peak: learningRate, warmUpSteps: Math.ceil(steps / 20) } as const,
        evaluateFirst: isMeasured,
        // A step's own pairs have these names.
        evaluate: isMeasured
          ? async (step: number) => {
              const { accuracy, margin } = await measure(step);
              return { eval_accuracy: accuracy, eval_margin: margin };
            }
          : undefined,
      };
      const pairs = training.map(({ pair }) => pair);
      if (method === 'kto') {
        const answers = pairs.flatMap(({ id, prompt, chosen, rejected }) => [
          { id, prompt, answer: chosen, isGood: true },
          { id, prompt, answer: rejected, isGood: false },
        ]);
        await trainLabelledAnswers({
          ...common,
          answers,
          reference: reference!,
          answersPerStep: 2 * rows,
          rowsAtOnce: 2 * pairsAtOnce,
        });
      } else {
        const score = isReward ? 'ends' : 'answers';
        await trainPreferences({ ...common, pairs, reference, pairsPerStep: rows, pairsAtOnce, score });
      }
      if (!isMeasured) return `${steps} steps; nothing was held out to measure on.`;
      const [before, after] = [await measure(0), await measure(steps)];
      await directory.remember('result', async () => ({ steps, heldOut: { before, after } }));
      const what = isReward
        ? 'scores higher'
        : `is the likelier one${reference ? ', by the difference from before,' : ''}`;
      const [first, last] = [before, after].map(({ accuracy }) => formatPercent(accuracy));
      return `of ${held.length} held-out pairs the better answer ${what} in ${first} → ${last}; margin ${before.margin.toFixed(2)} → ${after.margin.toFixed(2)}${isReward ? '' : ' nats'}.`;
    },
  });
}

/** Share of pairs whose better answer gained more, ties half, and by how much, in nats of whole answers. */
async function toldApart(
  model: Transformer,
  pairs: readonly ComparedPair[],
  options: {
    readonly rows: number;
    readonly columns: number;
    readonly reference: ScoringModel | undefined;
    readonly renderer: ConversationRenderer;
    readonly isReward: boolean;
  },
): Promise<{ accuracy: number; margin: number }> {
  const own = options.isReward
    ? await scoreMargins(model, pairs, options)
    : await marginsOf(model, pairs, options);
  const theirs = options.reference && (await marginsOf(options.reference, pairs, options));
  const margins = own.map((margin, i) => margin - (theirs?.[i] ?? 0));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    // Below the rounding of float32 there is no difference.
    accuracy: mean(margins.map((margin) => (Math.abs(margin) < 1e-4 ? 0.5 : margin > 0 ? 1 : 0))),
    margin: mean(margins),
  };
}

async function scoreMargins(
  model: Transformer,
  pairs: readonly ComparedPair[],
  { rows, renderer }: { readonly rows: number; readonly renderer: ConversationRenderer },
): Promise<number[]> {
  const answers = pairs.flatMap(({ pair: { prompt, chosen, rejected } }) => [
    { prompt, answer: chosen },
    { prompt, answer: rejected },
  ]);
  const scores = await scoreAnswers({ model, renderer, rows }, answers);
  return pairs.map((_, i) => scores[2 * i]! - scores[2 * i + 1]!);
}

async function marginsOf(
  model: ScoringModel,
  pairs: readonly ComparedPair[],
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Promise<number[]> {
  const answers = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const sums: number[] = [];
  for (let start = 0; start < answers.length; start += rows) {
    const group = answers.slice(start, start + rows);
    const inputs = new Int32Array(rows * columns);
    const targets = new Int32Array(rows * columns);
    for (const [row, { ids }] of group.entries()) {
      inputs.set(ids.subarray(0, -1), row * columns);
      targets.set(ids.subarray(1), row * columns);
    }
    const scores = await model.logProbabilities({ rows, columns, inputs, targets });
    for (const [row, { ids, mask }] of group.entries())
      sums.push(ids.subarray(1).reduce((sum, _, i) => sum + mask[i + 1]! * scores[row * columns + i]!, 0));
  }
  return pairs.map((_, i) => sums[2 * i]! - sums[2 * i + 1]!);
}
