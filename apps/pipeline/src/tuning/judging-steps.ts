/** `llm prefer --method process`: any model learns to tell right steps of answers from wrong ones. */
import { describeSkipped, LlmError, type RunEventListener } from '@llm/core';
import type { Transformer } from '@llm/model';
import { processReward, scoreSteps, trainProcessRewards } from '@llm/rl';
import { readJudgedSteps } from '@llm/sft';
import { inputSettings } from '../inputs/input-file.js';
import { linesOf } from '../inputs/lines-of.js';
import { formatPercent } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { findRows } from './find-rows.js';
import { openTunable, unfit } from './open-tunable.js';
import { checkScorerFlags, withScalarHead } from './scalar-head.js';
import { tune } from './tune.js';
import type { PreferFlags } from './tuning-flags.js';

type JudgedAnswer = Awaited<ReturnType<typeof readJudgedSteps>>['answers'][number];

const separator = '\n';

/** Throws `pipeline/flag-unfit`, `sft/no-steps`, and what `openTunable` and `tune` throw. */
export async function judgeSteps(flags: PreferFlags, output: Output): Promise<void> {
  checkScorerFlags(flags);
  const { rows = 4, seed = 0, heldOut: wanted = 32 } = flags;
  const { files, notes } = findRows('--pairs', flags.pairs);
  const note = (line: string): void => void output.stderr.write(`${line}\n`);
  for (const line of notes) note(line);
  const onEvent: RunEventListener = (event) => event.type === 'warning' && note(event.message);
  const read: JudgedAnswer[] = [];
  for (const { path } of files)
    read.push(...(await readJudgedSteps(linesOf(path), { name: path, onEvent, stage: 'prefer' })).answers);
  const tunable = withScalarHead(await openTunable(flags));
  const { renderer, loaded, lora } = tunable;
  const limit = Math.min(flags.columns ?? 512, loaded.config.contextLength);
  const skipped: { index: number; reason: string; message: string }[] = [];
  const lengths = read.map((answer, index) => lengthOf(answer, index));
  if (skipped.length > 0)
    note(
      `${skipped.length} of ${read.length} answers left out: ${describeSkipped(skipped, ({ index }) => read[index]!.origin)}.`,
    );
  const answers = read.filter((_, index) => lengths[index]! > 0);
  const count = Math.min(wanted, Math.floor(answers.length / 10));
  const [held, training] = [answers.slice(0, count), answers.slice(count)];
  if (training.length === 0) throw unfit('--pairs', 'no answer is left to learn from');
  const columns = Math.min(limit, Math.ceil(Math.max(...lengths) / 16) * 16);
  const steps = flags.steps ?? Math.max(1, Math.ceil(training.length / rows));
  const learningRate = flags.learningRate ?? (lora === undefined ? 1e-6 : 2e-5);
  note(`${training.length} judged answers to learn from, ${held.length} held out; rows of ${columns} tokens`);
  await tune({
    name: 'prefer',
    title: `${loaded.name} learns to judge steps from ${training.length} answers`,
    flags,
    output,
    tunable,
    directory: `tuned/${loaded.name}-process`,
    settings: {
      rowsAtOnce: flags.rowsAtOnce ?? null,
      ...{ method: 'process', seed, rows, steps, learningRate, columns, heldOut: wanted },
      files: inputSettings(files),
    },
    steps,
    shape: { rows: Math.min(rows, flags.rowsAtOnce ?? rows), columns },
    rows,
    objective: processReward(),
    train: async ({ model, directory, hooks }) => {
      const measure = (step: number) =>
        directory.remember(`held-out-${step}`, async () => ({ ...(await judgedRight(model, held)) }));
      const isMeasured = held.length > 0;
      await trainProcessRewards({
        ...hooks,
        model,
        renderer,
        examples: training,
        separator,
        examplesPerStep: rows,
        columns,
        steps,
        seed,
        schedule: { shape: 'cosine', peak: learningRate, warmUpSteps: Math.ceil(steps / 20) },
        evaluateFirst: isMeasured,
        evaluate: isMeasured
          ? async (step: number) => ({ eval_accuracy: (await measure(step)).accuracy })
          : undefined,
      });
      if (!isMeasured) return `${steps} steps; nothing was held out to measure on.`;
      const [before, after] = [await measure(0), await measure(steps)];
      await directory.remember('result', async () => ({ steps, heldOut: { before, after } }));
      const [first, last] = [before, after].map(({ accuracy }) => formatPercent(accuracy));
      return `of ${after.steps} steps in ${held.length} held-out answers ${first} → ${last} are judged as they were; ${formatPercent(after.right)} of them are right.`;
    },
  });

  /** Tokens; 0 of one that is left out. */
  function lengthOf({ prompt, steps }: JudgedAnswer, index: number): number {
    const text = steps.map((step) => step.text).join(separator);
    const answer = { role: 'assistant', parts: [{ type: 'text', text }] } as const;
    try {
      const { length } = renderer.render({ messages: [...prompt.messages, answer] }).ids;
      if (length <= limit) return length;
      skipped.push({ index, reason: 'too-long', message: `${length} tokens, of ${limit} in a row` });
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      skipped.push({ index, reason: 'invalid', message: error.message });
    }
    return 0;
  }

  /** Share of judged steps whose label the head's sign agrees with, and of right ones. */
  async function judgedRight(model: Transformer, some: readonly JudgedAnswer[]) {
    const scores = (await scoreSteps({ model, renderer, separator, rows }, some)).flat();
    const labels = some.flatMap((answer) =>
      answer.steps.flatMap(({ isCorrect }) => (isCorrect === undefined ? [] : [isCorrect])),
    );
    const share = (holds: (label: boolean, i: number) => boolean): number =>
      labels.filter(holds).length / labels.length;
    return {
      accuracy: share((label, i) => scores[i]! > 0 === label),
      right: share((label) => label),
      steps: labels.length,
    };
  }
}
