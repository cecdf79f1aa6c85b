/**
 * Distillation from a local teacher on what the student says (GKD, Agarwal et al. 2023): at a step the
 * student answers prompts itself, or, of a share of the steps, given answers are taken; the teacher says at
 * every position what it would have said, and `generalizedDivergence(...)` pulls the student there. By the
 * one training loop of `@llm/core/training`; a snapshot continues to the bit.
 */
import type {
  Conversation,
  ConversationRenderer,
  LanguageModel,
  RenderedConversation,
  ScoreBatch,
  TrainableModel,
} from '@llm/core';
import { checkNumber, checkNumbers, createRandom, emit, fitPrompt, LlmError } from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import { layOutRows, renderConversations } from '../packing/pack-conversations.js';

/** What a teacher is asked for, as `Transformer` of `@llm/model` has it. */
export interface TeacherModel extends Pick<LanguageModel, 'vocabularySize' | 'contextLength'> {
  /** [rows × columns × vocabularySize] */
  logits(batch: Pick<ScoreBatch, 'rows' | 'columns' | 'inputs'>): Promise<Float32Array>;
}

export interface DistillOnPolicyOptions extends TrainingOptions {
  /** Made with `generalizedDivergence(...)`. */
  readonly student: TrainableModel;
  /** Has the same ids as the student. */
  readonly teacher: TeacherModel;
  readonly renderer: ConversationRenderer;
  /** End with an answer, which steps off-policy learn from. */
  readonly conversations: readonly Conversation[];
  /** Share of the steps in which the student answers itself, 0 to 1. Default 0.5. */
  readonly onPolicyShare?: number | undefined;
  /** Conversations per step. Default 8. */
  readonly rows?: number | undefined;
  readonly maxNewTokens: number;
  /** Most positions of a row: answers are cut off there. Default: the student's window. */
  readonly columns?: number | undefined;
  /** Of the student's answers, and of both distributions. Default 0.9 (TRL). */
  readonly temperature?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

export interface DistillOnPolicyReport {
  readonly stepsTaken: number;
  readonly losses: readonly number[];
  /** Conversations left out. */
  readonly skipped: number;
}

const count = { minimum: 1, integer: true };

/**
 * Throws `core/option-invalid`, `sft/teacher-unfit` for a teacher with other ids or a smaller window,
 * `sft/no-conversations`.
 */
export async function distillOnPolicy(options: DistillOnPolicyOptions): Promise<DistillOnPolicyReport> {
  const { student, teacher, renderer, rows = 8, temperature = 0.9, seed = 0, stage = 'distil' } = options;
  const { onPolicyShare = 0.5, maxNewTokens } = options;
  checkNumber('maxNewTokens', maxNewTokens, count);
  checkNumbers(options, {
    rows: count,
    columns: count,
    temperature: { above: 0 },
    onPolicyShare: { minimum: 0, maximum: 1 },
    seed: {},
  });
  const columns = Math.min(options.columns ?? student.contextLength, student.contextLength);
  if (teacher.vocabularySize !== student.vocabularySize || teacher.contextLength < columns)
    throw new LlmError({
      code: 'sft/teacher-unfit',
      message: `The teacher has ${teacher.vocabularySize} ids and sees ${teacher.contextLength} tokens, the student has ${student.vocabularySize} and rows of ${columns}: a teacher has the same ids and sees as much.`,
    });
  const window = { vocabularySize: student.vocabularySize, contextLength: columns };
  const fitting = options.conversations.flatMap((conversation) => {
    const { examples } = renderFitting(conversation, renderer, window);
    const messages = conversation.messages.slice(0, -1);
    const prompt = fitPrompt(renderer, { ...conversation, messages }, window);
    return examples.length === 0 || 'reason' in prompt ? [] : [{ example: examples[0]!, prompt }];
  });
  const skipped = options.conversations.length - fitting.length;
  if (fitting.length === 0)
    throw new LlmError({
      code: 'sft/no-conversations',
      message: `None of ${options.conversations.length} conversations ends with an answer and fits into ${columns} positions.`,
    });
  if (skipped > 0)
    emit(options.onEvent, {
      type: 'warning',
      stage,
      code: 'sft/conversations-skipped',
      message: `${skipped} of ${options.conversations.length} conversations left out: they do not fit, or end with no answer.`,
    });

  const { steps, losses } = await runTrainingLoop({
    ...options,
    model: student,
    stage,
    batch: async (step) => {
      const random = createRandom(seed, 'distil', step);
      const isOwn = random.uniform() < onPolicyShare;
      const order = random.shuffle(fitting.map((_, i) => i));
      const chosen = Array.from({ length: rows }, (_, i) => fitting[order[i % order.length]!]!);
      const examples = isOwn ? await answered(chosen) : chosen.map(({ example }) => example);
      const longest = Math.max(...examples.map(({ ids }) => ids.length - 1));
      const width = Math.min(columns, Math.ceil(longest / 16) * 16);
      const { segments: _, ...batch } = layOutRows(
        examples.map((example) => [example]),
        width,
      );
      const teaching = await teachingOf(teacher, batch, options.rowsAtOnce ?? rows);
      toLogSoftmax(teaching, teacher.vocabularySize, temperature);
      return {
        batch: { ...batch, temperature, extraInputs: { teacher: teaching } },
        metrics: { on_policy: isOwn ? 1 : 0 },
      };

      async function answered(prompts: typeof chosen): Promise<RenderedConversation[]> {
        const completions = await student.generate(
          prompts.map(({ prompt }) => prompt),
          {
            maxNewTokens,
            temperature,
            seed: random.uint32(),
            stopTokens: [renderer.stopToken],
            vocabularySize: renderer.vocabularySize,
            signal: options.signal,
          },
        );
        return completions.map(({ ids }, i) => {
          const { prompt } = prompts[i]!;
          const whole = Int32Array.of(...prompt, ...ids).subarray(0, columns + 1);
          return { ids: whole, mask: new Uint8Array(whole.length).fill(1, prompt.length) };
        });
      }
    },
    summary: () => ({ conversations: fitting.length, skipped }),
  });
  return { stepsTaken: steps, losses, skipped };
}

function renderFitting(
  conversation: Conversation,
  renderer: ConversationRenderer,
  { contextLength: columns, vocabularySize }: Pick<TrainableModel, 'contextLength' | 'vocabularySize'>,
) {
  if (conversation.messages.at(-1)?.role !== 'assistant') return { examples: [] };
  try {
    return renderConversations({
      conversations: [conversation],
      renderer,
      columns,
      vocabularySize,
      trainOn: 'completion',
    });
  } catch (error) {
    if (LlmError.isInstance(error) && error.code === 'sft/mask-empty') return { examples: [] };
    throw error;
  }
}

/** [rows × columns × vocabularySize] logits, a few rows asked for at a time. */
async function teachingOf(
  teacher: TeacherModel,
  { rows, columns, inputs }: Pick<ScoreBatch, 'rows' | 'columns' | 'inputs'>,
  rowsAtOnce: number,
): Promise<Float32Array> {
  const whole = new Float32Array(rows * columns * teacher.vocabularySize);
  for (let row = 0; row < rows; row += rowsAtOnce) {
    const some = Math.min(rowsAtOnce, rows - row);
    const part = inputs.subarray(row * columns, (row + some) * columns);
    const logits = await teacher.logits({ rows: some, columns, inputs: part });
    whole.set(logits, row * columns * teacher.vocabularySize);
  }
  return whole;
}

/**
 * Rows of logits → log-probabilities at a temperature where they stand, and not in a graph: the teacher is
 * not differentiated.
 */
function toLogSoftmax(scores: Float32Array, size: number, temperature: number): void {
  for (let start = 0; start < scores.length; start += size) {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + size; i++) most = Math.max(most, scores[i]!);
    let sum = 0;
    for (let i = start; i < start + size; i++) sum += Math.exp((scores[i]! - most) / temperature);
    const logSum = Math.log(sum);
    for (let i = start; i < start + size; i++) scores[i] = (scores[i]! - most) / temperature - logSum;
  }
}
