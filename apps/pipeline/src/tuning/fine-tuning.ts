/** `llm sft --model SOURCE`: any model learns from conversations of one's own, in its own chat format. */
import { type Conversation, describeSkipped, emit, type LanguageModel } from '@llm/core';
import { dynamicFineTuning, fineTune, generalizedDivergence, heldOutLoss, packConversations } from '@llm/sft';
import { findInputs } from '../inputs/find-inputs.js';
import { inputSettings } from '../inputs/input-file.js';
import { holdOut, readConversationFiles } from '../material/conversations.js';
import { formatMetric } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { openTunable, type TunableModel, unfit } from './open-tunable.js';
import { learnFrom, openTeacher, teacherBytes, teacherKind } from './teacher.js';
import { teacherAnswers } from './teacher-answers.js';
import { type TuningWork, tune } from './tune.js';
import type { FineTuneFlags } from './tuning-flags.js';

/** Held-out conversations whose questions are answered before and after. */
const samples = 3;

/** Throws `pipeline/flag-unfit`, `sft/no-conversations`, and what `openTunable` and `tune` throw. */
export async function fineTuneModel(flags: FineTuneFlags, output: Output): Promise<void> {
  if (flags.conversations === undefined)
    throw unfit('--model', 'it needs something to learn: give --conversations FILES');
  if (flags.steps !== undefined && flags.epochs !== undefined)
    throw unfit('--epochs', 'it and --steps both say how long: give one');
  const { files, notes } = findInputs('conversations', flags.conversations);
  const note = (line: string): void => void output.stderr.write(`${line}\n`);
  for (const line of notes) note(line);
  const kind = teacherKind(flags);
  const { conversations: given, skippedByReason } = await readConversationFiles(files, {
    limit: Number.POSITIVE_INFINITY,
    onEvent: (event) => event.type === 'warning' && note(event.message),
  });
  const tunable = await openTunable(flags);
  const { renderer, loaded, lora } = tunable;
  const folder = flags.out ?? `tuned/${loaded.name}-sft`;
  const conversations =
    kind === 'endpoint' ? await teacherAnswers(given, { flags, out: folder, output }) : given;
  const teacher = kind === 'local' ? await openTeacher(flags.teacher!, tunable) : undefined;
  const { trainOn, overflow, loss, noiseAlpha } = flags;
  const { rows = 4, seed = 0, epochs = 1, heldOut: wanted = 32 } = flags;
  const columns = Math.min(flags.columns ?? 512, loaded.config.contextLength);
  const { vocabularySize } = loaded.config;
  const inRows = (some: readonly Conversation[]): ReturnType<typeof packConversations> =>
    packConversations({ conversations: some, renderer, columns, vocabularySize, trainOn, overflow });
  // What does not fit is left out before some are held out: those are measured in rows as wide.
  const { skipped } = inRows(conversations);
  const leftOut = new Set(skipped.map(({ index }) => index));
  if (skipped.length > 0)
    note(
      `${skipped.length} of ${conversations.length} conversations left out: ${describeSkipped(skipped, ({ origin, index }) => origin ?? String(index))}.`,
    );
  const fitting = conversations.filter((_, index) => !leftOut.has(index));
  const { training, heldOut } = holdOut(fitting, wanted);
  if (training.length === 0)
    throw unfit('--conversations', `none is left to learn from in rows of ${columns} tokens`);
  const packed = inRows(training);
  // What a model says itself is not packed: each conversation has a row.
  const rowsOfAll = teacher === undefined ? packed.rows.length : training.length;
  const steps = flags.steps ?? Math.max(1, Math.ceil((epochs * rowsOfAll) / rows));
  const learningRate = flags.learningRate ?? (lora === undefined ? 2e-5 : 2e-4);
  const skippedLines = Object.values(skippedByReason).reduce((sum, count) => sum + count, 0);
  note(
    `${training.length} conversations to learn from and ${heldOut.length} held out; ${skippedLines} lines and ${skipped.length} conversations left out; ${packed.rows.length} rows of ${columns} tokens, ${Math.round(100 * packed.utilization)} % used`,
  );
  const settings = {
    rowsAtOnce: flags.rowsAtOnce ?? null,
    ...{ seed, rows, columns, steps, learningRate, heldOut: wanted },
    ...(loss && { loss }),
    ...(trainOn && { trainOn }),
    ...(overflow && { overflow }),
    ...(noiseAlpha !== undefined && { noiseAlpha }),
    ...(flags.teacher !== undefined && {
      teacher: flags.teacher,
      teacherModel: flags.teacherModel ?? null,
      maxTokens: flags.maxTokens ?? null,
      temperature: flags.temperature ?? null,
      onPolicyShare: flags.onPolicyShare ?? null,
      divergence: flags.divergence ?? null,
    }),
    files: inputSettings(files),
  };
  const rowsAtOnce = Math.min(rows, flags.rowsAtOnce ?? rows);
  await tune({
    name: 'sft',
    title: `fine-tuning ${loaded.name} on ${training.length} conversations${flags.teacher === undefined ? '' : `, taught by ${flags.teacherModel ?? flags.teacher}`}`,
    flags,
    output,
    tunable,
    directory: folder,
    settings,
    steps,
    objective:
      teacher !== undefined
        ? generalizedDivergence({ beta: flags.divergence })
        : loss === 'dft'
          ? dynamicFineTuning()
          : undefined,
    shape: { rows: rowsAtOnce, columns, ...(teacher && { answers: { rows, columns } }) },
    besideBytes: teacher && teacherBytes(teacher, { rows, rowsAtOnce, columns }),
    rows,
    train: async (work) => {
      const { model, directory, hooks } = work;
      const measure = async (step: number): Promise<{ eval_loss: number }> => {
        const value = await directory.remember(`held-out-${step}`, async () => {
          // As many rows as are trained at once: measuring needs no more memory than training.
          const options = { rows: rowsAtOnce, columns, signal: hooks.signal };
          const held = { conversations: heldOut, trainOn, overflow };
          const measured = await heldOutLoss({ model, renderer, ...held, ...options });
          return { loss: measured.loss };
        });
        return { eval_loss: value.loss };
      };
      await showAnswers('before', tunable, heldOut, work);
      // Training needs the room of its copy of the weights.
      await model.freeGeneration();
      const isMeasured = heldOut.length > 0;
      const common = {
        ...hooks,
        renderer,
        conversations: training,
        rows,
        columns,
        steps,
        seed,
        schedule: { shape: 'cosine', peak: learningRate, warmUpSteps: Math.ceil(steps / 20) } as const,
        evaluateFirst: isMeasured,
        evaluate: isMeasured ? measure : undefined,
      };
      let trainedTokens: number | undefined;
      if (teacher === undefined)
        ({ trainedTokens } = await fineTune({ ...common, model, trainOn, overflow, noiseAlpha }));
      else await learnFrom(teacher, { ...common, student: model }, flags);
      await showAnswers('after', tunable, heldOut, work);
      if (!isMeasured) return `${steps} steps; nothing was held out to measure on.`;
      const [before, after] = [await measure(0), await measure(steps)];
      const figures = { before: before.eval_loss, after: after.eval_loss };
      await directory.remember('result', async () => ({
        steps,
        heldOutLoss: figures,
        ...(trainedTokens !== undefined && { trainedTokens }),
      }));
      return `held-out loss ${formatMetric(figures.before)} → ${formatMetric(figures.after)} nats per token.`;
    },
  });
}

/** What it answers to the first questions that are held out, once before and once after. */
async function showAnswers(
  when: 'before' | 'after',
  { renderer, loaded: { tokenizer } }: TunableModel,
  heldOut: readonly Conversation[],
  { model, directory, hooks, note }: TuningWork,
): Promise<void> {
  const prompts = heldOut
    .map(({ messages }) =>
      messages.slice(
        0,
        messages.findIndex(({ role }) => role === 'assistant'),
      ),
    )
    .map((messages) => ({ question: questionOf(messages), ids: renderer.renderPrompt({ messages }) }))
    .filter(({ ids }) => ids.length < model.contextLength)
    .slice(0, samples);
  const answers = await directory.remember(`answers-${when}`, async () =>
    answersOf(
      model,
      prompts.map(({ ids }) => ids),
    ),
  );
  for (const [index, text] of answers.entries()) {
    const title = `${when}: ${prompts[index]?.question ?? ''}`;
    emit(hooks.onEvent, { type: 'sample', stage: 'sft', step: model.stepsTaken, title, text });
    note(`${title}\n    ${text.replaceAll('\n', '\n    ')}`);
  }

  async function answersOf(model: LanguageModel, ids: readonly Int32Array[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const completions = await model.generate(ids, {
      maxNewTokens: 64,
      temperature: 0,
      vocabularySize: tokenizer.vocabularySize,
      stopTokens: [renderer.stopToken],
      signal: hooks.signal,
    });
    return completions.map(({ ids: answered }) =>
      tokenizer.decode(answered.filter((id) => id !== renderer.stopToken)).trim(),
    );
  }
}

function questionOf(messages: Conversation['messages']): string {
  const part = messages.at(-1)?.parts[0];
  return part?.type === 'text' ? part.text.slice(0, 80) : '';
}
