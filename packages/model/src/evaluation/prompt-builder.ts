/**
 * A question with its instruction and solved examples before it, laid out as lm-evaluation-harness and the
 * papers do: the first examples of the question's group, never the question itself, a blank line after each.
 */
import { LlmError } from '@llm/core';
import type { ChoiceItem, ContinuationItem, EvaluationTask, GenerationItem } from './evaluation-task.js';
import { RowReader } from './row-reader.js';

export type QuestionItem = ChoiceItem | ContinuationItem | GenerationItem;

export class PromptBuilder {
  readonly #examples = new Map<string | undefined, QuestionItem[]>();

  constructor(
    readonly task: EvaluationTask,
    readonly shots: number,
    exampleRows: Iterable<unknown>,
  ) {
    let index = 0;
    for (const row of exampleRows) {
      const item = task.read(new RowReader(row, `example ${index++}`, task.name));
      if (item.kind === 'document') continue;
      const group = this.#examples.get(item.group) ?? [];
      this.#examples.set(item.group, group);
      // One more than is shown, in case the question itself is among them.
      if (group.length <= shots) group.push(item);
    }
  }

  /** Ends where the delimiter and the answer go on. Throws `model/evaluation-examples-missing`. */
  prompt(item: QuestionItem): string {
    const { task, shots } = this;
    const examples = (this.#examples.get(item.group) ?? [])
      .filter(({ prompt }) => prompt !== item.prompt)
      .slice(0, shots);
    if (examples.length < shots)
      throw new LlmError({
        code: 'model/evaluation-examples-missing',
        message: `${task.name} shows ${shots} solved examples before each question, and there are ${examples.length}${item.group === undefined ? '' : ` for "${item.group}"`}. Pass rows of its training or development split as examples, or shots: 0.`,
        details: { task: task.name, shots, found: examples.length },
      });
    const solved = examples.map((example) => `${example.prompt}${task.delimiter}${answerOf(example)}\n\n`);
    return `${item.instruction ?? ''}${solved.join('')}${item.prompt}`;
  }
}

function answerOf(item: QuestionItem): string {
  return item.kind === 'choice' ? item.options[item.correct]! : item.answer;
}
