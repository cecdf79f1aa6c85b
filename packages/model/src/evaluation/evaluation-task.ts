/** What an evaluation asks: a task reads the rows of a published data set as items of one of four kinds. */
import type { RowReader } from './row-reader.js';

interface Question {
  /** What the model continues; empty for a whole sentence. */
  readonly prompt: string;
  /** Reported apart (a subject, a paradigm); examples before the question are of the same group. */
  readonly group?: string | undefined;
  /** Stands before the examples. */
  readonly instruction?: string | undefined;
}

/** The option of the greatest log-probability is the model's choice. */
export interface ChoiceItem extends Question {
  readonly kind: 'choice';
  readonly options: readonly string[];
  /** Index of the right one. */
  readonly correct: number;
}

/** Right when the model's most likely text begins with `answer`. */
export interface ContinuationItem extends Question {
  readonly kind: 'continuation';
  readonly answer: string;
}

/** The model writes, and `judge` says by each of the task's rules whether that is right. */
export interface GenerationItem extends Question {
  readonly kind: 'generation';
  /** What an example shows after the prompt. */
  readonly answer: string;
  readonly maxNewTokens: number;
  /** The text ends before the first of these. */
  readonly stopStrings: readonly string[];
  judge(text: string): Readonly<Record<string, boolean>>;
}

/** A text that is scored whole, in bits per byte. */
export interface DocumentItem {
  readonly kind: 'document';
  readonly text: string;
  readonly group?: string | undefined;
}

export type EvaluationItem = ChoiceItem | ContinuationItem | GenerationItem | DocumentItem;

export interface EvaluationTask {
  readonly name: string;
  /** Who published the rules that are followed. */
  readonly source: string;
  /** Examples before each question, as published. */
  readonly shots: number;
  /** Between a prompt and its answer. */
  readonly delimiter: string;
  /** The measure that is quoted. */
  readonly measure: string;
  /** Throws `model/evaluation-row-invalid`. */
  read(row: RowReader): EvaluationItem;
}
