/**
 * MMLU (Hendrycks et al. 2021): four answers are listed, and the letter of the greatest probability after
 * `Answer:` counts. Five examples of the same subject (its `dev` rows, in order) and a line that names it
 * come first.
 */
import type { EvaluationTask } from '../evaluation-task.js';

const letters = ['A', 'B', 'C', 'D'];

/** Rows `{ subject, question, choices, answer }`; the answer is a letter or an index. */
export const mmlu: EvaluationTask = {
  name: 'MMLU',
  source: 'Hendrycks et al. 2021, arXiv:2009.03300; the prompt of github.com/hendrycks/test',
  shots: 5,
  delimiter: ' ',
  measure: 'accuracy',
  read: (row) => {
    const subject = row.text('subject');
    const choices = row.texts('choices');
    if (choices.length !== letters.length) row.fail(`it has ${choices.length} choices, not four`);
    const letter = letters.indexOf(String(row.value('answer')));
    return {
      kind: 'choice',
      group: subject,
      instruction: `The following are multiple choice questions (with answers) about ${subject.replaceAll('_', ' ')}.\n\n`,
      prompt: `${row.text('question').trim()}\n${choices.map((choice, i) => `${letters[i]}. ${choice}\n`).join('')}Answer:`,
      options: letters,
      correct: letter >= 0 ? letter : row.index('answer', letters.length),
    };
  },
};
