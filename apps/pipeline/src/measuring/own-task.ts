/**
 * Questions of one's own as an evaluation: with choices, or with an answer that is to be the likeliest text.
 */
import type { EvaluationTask } from '@llm/model/evaluation';

/**
 * Rows `{"prompt", "choices", "answer"}`, the answer an index, a letter or a choice itself; or `{"prompt",
 * "answer"}`, right when the model's most likely text begins with the answer. `question` is another name of
 * `prompt`.
 */
export function ownTask(name: string): EvaluationTask {
  return {
    name,
    source: name,
    shots: 0,
    delimiter: ' ',
    measure: 'accuracy',
    read: (row) => {
      const prompt = row.text(row.value('prompt') === undefined ? 'question' : 'prompt');
      if (row.value('choices') === undefined)
        return { kind: 'continuation', prompt, answer: row.text('answer') };
      const options = row.texts('choices');
      const answer = row.value('answer');
      const named = typeof answer === 'string' ? options.indexOf(answer) : -1;
      const letter = typeof answer === 'string' && /^[A-Z]$/.test(answer) ? answer.charCodeAt(0) - 65 : -1;
      const correct = named >= 0 ? named : letter >= 0 ? letter : row.index('answer', options.length);
      if (correct >= options.length)
        row.fail(`"answer" is ${JSON.stringify(answer)}, and there are ${options.length} choices`);
      return { kind: 'choice', prompt, options, correct };
    },
  };
}
