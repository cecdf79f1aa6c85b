/**
 * ARC, easy and challenge (Clark et al. 2018): the text of each answer is scored after the question, without
 * the others in view (lm-evaluation-harness). The Open LLM Leaderboard quoted `accuracyPerCharacter`.
 */
import type { EvaluationTask } from '../evaluation-task.js';
import { RowReader } from '../row-reader.js';

/** Rows `{ question, choices: { text, label }, answerKey }`, or AI2's `{ question: { stem, choices } }`. */
export const arc: EvaluationTask = {
  name: 'ARC',
  source: 'Clark et al. 2018, arXiv:1803.05457; prompt of lm-evaluation-harness, arc_easy and arc_challenge',
  shots: 0,
  delimiter: ' ',
  measure: 'accuracy',
  read: (row) => {
    const { question, options, labels } =
      typeof row.value('question') === 'string' ? columns(row) : stem(row);
    const correct = labels.indexOf(row.text('answerKey'));
    if (correct < 0 || options.length !== labels.length)
      row.fail(`"answerKey" is ${JSON.stringify(row.value('answerKey'))}, not one of ${labels.join(', ')}`);
    return { kind: 'choice', prompt: `Question: ${question}\nAnswer:`, options, correct };
  },
};

interface Parts {
  readonly question: string;
  readonly options: readonly string[];
  readonly labels: readonly string[];
}

function columns(row: RowReader): Parts {
  const choices = row.object('choices');
  return { question: row.text('question'), options: choices.texts('text'), labels: choices.texts('label') };
}

function stem(row: RowReader): Parts {
  const question = row.object('question');
  const list = question.value('choices');
  if (!Array.isArray(list)) return question.fail('"choices" is not a list');
  const choices = list.map((choice, i) => new RowReader(choice, `choice ${i} of ${row.place}`, row.task));
  return {
    question: question.text('stem'),
    options: choices.map((choice) => choice.text('text')),
    labels: choices.map((choice) => choice.text('label')),
  };
}
