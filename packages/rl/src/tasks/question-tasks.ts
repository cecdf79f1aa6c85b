/** Tasks from published rows: GSM8K's problems, and questions with choices as MMLU and ARC have them. */
import type { Part, Task, TaskSet } from '@llm/core';
import { LlmError, messageText, textMessage } from '@llm/core';
import { createTaskSet, finalAnswer, finalAnswerReward } from './final-answer.js';

export interface QuestionTasksOptions {
  /** Of the rows: a count. Default: a tenth. */
  readonly heldOut?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Name of the source in errors. Default `input`. */
  readonly name?: string | undefined;
}

export interface Gsm8kTasksOptions extends QuestionTasksOptions {
  /** `strict`: the number after `####`; `flexible`: the last one (lm-eval). Default `strict`. */
  readonly rule?: 'strict' | 'flexible' | undefined;
}

/**
 * JSON Lines of `{question, answer: "… #### 42"}`. Throws `rl/row-invalid` with the line, `rl/split-invalid`.
 */
export function gsm8kTasks(rows: string, options: Gsm8kTasksOptions = {}): TaskSet {
  const { rule = 'strict' } = options;
  const tasks = parsed(rows, options.name, ({ question, answer }, fail): Task => {
    if (typeof question !== 'string' || question.trim() === '') return fail('it has no "question"');
    const gold = typeof answer === 'string' ? finalAnswer(answer) : undefined;
    if (gold === undefined) return fail('its "answer" has no number after ####');
    const hint = rule === 'strict' ? '\nEnd with #### and the number.' : '';
    return task(`${question}${hint}`, gold);
  });
  return split('gsm8k', tasks, options, finalAnswerReward(rule));
}

/**
 * JSON Lines of `{question, choices: ["…", …], answer}`; the answer is a letter, a position from 0, or one of
 * the choices. Throws as `gsm8kTasks`.
 */
export function multipleChoiceTasks(rows: string, options: QuestionTasksOptions = {}): TaskSet {
  const tasks = parsed(rows, options.name, ({ question, choices, answer }, fail): Task => {
    if (typeof question !== 'string' || question.trim() === '') return fail('it has no "question"');
    const list: unknown[] = Array.isArray(choices) ? choices : [];
    if (list.length < 2 || list.length > 26 || !list.every((choice) => typeof choice === 'string'))
      return fail('its "choices" are no list of 2 to 26 texts');
    const index =
      typeof answer === 'number'
        ? answer
        : /^[A-Z]$/.test(String(answer))
          ? String(answer).charCodeAt(0) - 65
          : (list as readonly unknown[]).indexOf(answer);
    if (!Number.isInteger(index) || index < 0 || index >= list.length)
      return fail(`its "answer" ${JSON.stringify(answer)} is none of ${list.length} choices`);
    const lines = list.map((choice, i) => `${letter(i)}. ${choice}`);
    return task(`${question}\n${lines.join('\n')}\nEnd with the letter of the answer.`, letter(index));
  });
  return split('multiple-choice', tasks, options, choiceReward);
}

const letter = (index: number): string => String.fromCharCode(65 + index);

/** 1 when the last capital letter that stands alone is the answer, else 0. */
function choiceReward({ answer }: Task, completion: readonly Part[]): number {
  const letters = messageText(completion).match(/(?<![\p{L}\d'])[A-Z](?![\p{L}\d'])/gu);
  return letters?.at(-1) === answer ? 1 : 0;
}

const task = (question: string, answer: string): Task => ({
  id: question,
  prompt: { messages: [textMessage('user', question)] },
  answer,
});

function parsed(
  rows: string,
  name = 'input',
  parse: (row: Readonly<Record<string, unknown>>, fail: (what: string) => never) => Task,
): Task[] {
  const tasks: Task[] = [];
  for (const [index, line] of rows.split('\n').entries()) {
    if (line.trim() === '') continue;
    const fail = (what: string): never => {
      throw new LlmError({
        code: 'rl/row-invalid',
        message: `${name}:${index + 1}: ${what}. Fix or remove the line.`,
        details: { name, line: index + 1 },
      });
    };
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      return fail('it is not JSON');
    }
    tasks.push(parse((row ?? {}) as Readonly<Record<string, unknown>>, fail));
  }
  // A question that is there twice is not on both sides.
  return [...new Map(tasks.map((each) => [each.id, each])).values()];
}

function split(
  name: string,
  tasks: readonly Task[],
  { heldOut = Math.floor(tasks.length / 10), seed }: QuestionTasksOptions,
  reward: TaskSet['reward'],
): TaskSet {
  return createTaskSet({ name, tasks, heldOut, seed, reward });
}
