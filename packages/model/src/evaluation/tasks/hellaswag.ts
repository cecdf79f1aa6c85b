/**
 * HellaSwag (Zellers et al. 2019): which of four endings continues the text. The marks that WikiHow left in
 * it are removed, and the length of an ending is divided out (`accuracyPerCharacter`), as
 * lm-evaluation-harness does.
 */
import type { EvaluationTask } from '../evaluation-task.js';

/** Rows `{ activity_label, ctx_a, ctx_b, endings, label }`. */
export const hellaSwag: EvaluationTask = {
  name: 'HellaSwag',
  source: 'Zellers et al. 2019, arXiv:1905.07830; preprocessing of lm-evaluation-harness',
  shots: 0,
  delimiter: ' ',
  measure: 'accuracyPerCharacter',
  read: (row) => {
    const options = row.texts('endings').map(withoutMarks);
    const second = row.text('ctx_b');
    const sentence = second.slice(0, 1).toUpperCase() + second.slice(1).toLowerCase();
    return {
      kind: 'choice',
      prompt: withoutMarks(`${row.text('activity_label')}: ${row.text('ctx_a')} ${sentence}`),
      options,
      correct: row.index('label', options.length),
    };
  },
};

function withoutMarks(text: string): string {
  return text
    .trim()
    .replaceAll(' [title]', '. ')
    .replace(/\[.*?\]/g, '')
    .replaceAll('  ', ' ');
}
