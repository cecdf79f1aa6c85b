/**
 * BLiMP (Warstadt et al. 2020): of two sentences that differ in one point of grammar, the acceptable one
 * shall be more likely as a whole. Groups are the paradigms (`UID`). lm-evaluation-harness puts a blank
 * before each sentence; the paper does not, and neither does this.
 */
import type { EvaluationTask } from '../evaluation-task.js';

/** Rows `{ sentence_good, sentence_bad, UID }` of the published JSONL files. */
export const blimp: EvaluationTask = {
  name: 'BLiMP',
  source: 'Warstadt et al. 2020, arXiv:1912.00582',
  shots: 0,
  delimiter: '',
  measure: 'accuracy',
  read: (row) => ({
    kind: 'choice',
    prompt: '',
    options: [row.text('sentence_good'), row.text('sentence_bad')],
    correct: 0,
    group: row.value('UID') === undefined ? undefined : row.text('UID'),
  }),
};
