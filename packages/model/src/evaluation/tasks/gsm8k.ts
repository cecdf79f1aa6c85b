/**
 * GSM8K (Cobbe et al. 2021): a solution is written out, and its number compared. `strict` takes the first
 * `#### n`, the form the data set's own solutions have; `flexible` the last number anywhere. Both are the
 * rules of lm-evaluation-harness: thousands separators, dollar signs and a closing full stop do not count.
 */
import type { EvaluationTask } from '../evaluation-task.js';

/** Rows `{ question, answer }`. */
export const gsm8k: EvaluationTask = {
  name: 'GSM8K',
  source: 'Cobbe et al. 2021, arXiv:2110.14168; prompt and filters of lm-evaluation-harness, gsm8k',
  shots: 5,
  delimiter: ' ',
  measure: 'strict',
  read: (row) => {
    const answer = row.text('answer');
    const expected = plain(answer);
    return {
      kind: 'generation',
      prompt: `Question: ${row.text('question')}\nAnswer:`,
      answer,
      maxNewTokens: 256,
      stopStrings: ['Question:', '</s>', '<|im_end|>'],
      judge: (text) => ({
        strict: plain(/#### (-?[0-9.,]+)/.exec(text)?.[1]) === expected,
        flexible: plain(text.match(/-?[$0-9.,]{2,}|-?[0-9]+/g)?.at(-1)) === expected,
      }),
    };
  },
};

function plain(text = 'none'): string {
  return text
    .replace(/[,$]/g, '')
    .replace(/^.*#### /s, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
