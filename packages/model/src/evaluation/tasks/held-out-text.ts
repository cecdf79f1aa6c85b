/** Held-out documents in bits per byte, which do not depend on the tokenizer: the rule of `bitsPerByte`. */
import type { EvaluationTask } from '../evaluation-task.js';

/** Rows `{ text }`. */
export const heldOutText: EvaluationTask = {
  name: 'held-out text',
  source: 'The Pile, Gao et al. 2020, arXiv:2101.00027; nanochat counts bytes the same way',
  shots: 0,
  delimiter: '',
  measure: 'bitsPerByte',
  read: (row) => ({ kind: 'document', text: row.text('text') }),
};
