/**
 * One harness for every kind of task: reads rows of a published data set, asks the model, and reports means
 * with standard errors. Works through the rows in windows, so memory does not grow with the data set. Left
 * out: chat templates (a base model continues text; @llm/sft and @llm/rl evaluate assistants), sampled
 * answers, reading the examples only once.
 */
import {
  checkNumbers,
  describeSkipped,
  emit,
  type LanguageModel,
  type RunOptions,
  type Tokenizer,
} from '@llm/core';
import { bosTokenOf, type DocumentStart } from '../feed/bos-token.js';
import { answerItems } from './answer-items.js';
import { type EvaluationReport, nameOfRow, ReportBuilder } from './evaluation-report.js';
import type { EvaluationItem, EvaluationTask } from './evaluation-task.js';
import { isLeftOut } from './left-out.js';
import { PromptBuilder } from './prompt-builder.js';
import { RowReader } from './row-reader.js';

export interface EvaluateOptions extends RunOptions, DocumentStart {
  /** Solved rows to show before each question, of the training or development split, for `shots` > 0. */
  readonly examples?: Iterable<unknown> | undefined;
  /** Examples per question: the first of its group. Default: the task's own number. */
  readonly shots?: number | undefined;
  /** Longest answer of generative tasks. Default: the task's own. */
  readonly maxNewTokens?: number | undefined;
  /** Tokens of one forward pass, padding included. Default 4096. */
  readonly batchTokens?: number | undefined;
  /** Prompts continued together. Default 16. */
  readonly rows?: number | undefined;
  /** Called with each answered row, in the order of the rows. */
  readonly onItem?: ((outcome: ItemOutcome) => void) | undefined;
}

export interface ItemOutcome {
  /** Counts the rows from 0. */
  readonly index: number;
  readonly group: string | undefined;
  /** By name: 1 or 0 for accuracies. */
  readonly measures: Readonly<Record<string, number>>;
  /** Σ log p, natural logarithm: one per option, one for a continuation, one per window of a document. */
  readonly logProbabilities: readonly number[];
  /** What a generative task was answered. */
  readonly text: string | undefined;
}

const positive = { minimum: 1, integer: true };

/** Rows read at a time: enough of each length to fill batches. */
const windowRows = 512;

/**
 * `rows` are objects as the data set publishes them. A row that the model's window does not hold, or of which
 * nothing can be predicted, is left out, counted and named. Throws `core/option-invalid`,
 * `model/evaluation-row-invalid`, `model/evaluation-examples-missing`, or `model/nothing-to-evaluate`.
 */
export async function evaluate(
  model: LanguageModel,
  tokenizer: Tokenizer,
  task: EvaluationTask,
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  options: EvaluateOptions = {},
): Promise<EvaluationReport> {
  const { onEvent, onItem, shots = task.shots } = options;
  checkNumbers(options, {
    shots: { minimum: 0, integer: true },
    maxNewTokens: positive,
    batchTokens: positive,
    rows: positive,
  });
  const stage = `evaluate ${task.name}`;
  emit(onEvent, { type: 'stage-start', stage });
  const answering = {
    model,
    tokenizer,
    bosToken: bosTokenOf(tokenizer, options),
    prompts: new PromptBuilder(task, shots, options.examples ?? []),
    batchTokens: options.batchTokens ?? 4096,
    rows: options.rows ?? 16,
    maxNewTokens: options.maxNewTokens,
    signal: options.signal,
  };
  const builder = new ReportBuilder(task);
  let window: EvaluationItem[] = [];
  let done = 0;
  const answerWindow = async (): Promise<void> => {
    for (const [offset, answered] of (await answerItems(window, answering)).entries()) {
      if (isLeftOut(answered)) {
        builder.skip(done + offset, answered);
        continue;
      }
      builder.add(answered);
      const { item, measures, logProbabilities, text } = answered;
      onItem?.({ index: done + offset, group: item.group, measures, logProbabilities, text });
    }
    done += window.length;
    window = [];
    emit(onEvent, { type: 'progress', stage, done, unit: 'rows' });
  };
  for await (const row of rows) {
    window.push(task.read(new RowReader(row, `row ${done + window.length}`, task.name)));
    if (window.length === windowRows) await answerWindow();
  }
  if (window.length > 0) await answerWindow();
  const report = builder.report(shots);
  if (report.skipped > 0)
    emit(onEvent, {
      type: 'warning',
      stage,
      code: 'model/evaluation-rows-left-out',
      message: `${report.skipped} of ${report.n + report.skipped} rows were left out: ${describeSkipped(report.skippedRows, nameOfRow)}.`,
    });
  const { mean, standardError } = report.measures[report.measure]!;
  const summary = { n: report.n, measure: report.measure, mean, standardError };
  emit(onEvent, { type: 'stage-end', stage, summary });
  return report;
}
