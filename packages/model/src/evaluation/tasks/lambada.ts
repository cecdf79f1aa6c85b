/**
 * LAMBADA (Paperno et al. 2016): the last word of a passage, in the form OpenAI and lm-evaluation-harness
 * use: right when its tokens are the most likely. Perplexity is exp(−mean `logProbability`).
 */
import type { EvaluationTask } from '../evaluation-task.js';

/** Rows `{ text }`. */
export const lambada: EvaluationTask = {
  name: 'LAMBADA',
  source: 'Paperno et al. 2016, arXiv:1606.06031; lambada_openai of lm-evaluation-harness',
  shots: 0,
  delimiter: ' ',
  measure: 'accuracy',
  read: (row) => {
    const words = row.text('text').split(' ');
    const answer = words.pop()!;
    if (words.length === 0 || answer === '') row.fail('"text" does not end in a word after a blank');
    return { kind: 'continuation', prompt: words.join(' '), answer };
  },
};
