/** Questions with checkable answers: rows of a file, GSM8K's, or sums of countdown that are made up. */
import { type JsonValue, LlmError, type Task, type TaskSet, textMessage } from '@llm/core';
import { createTaskSet, finalAnswerReward } from '@llm/rl';
import { findInputs } from '../inputs/find-inputs.js';
import { inputSettings } from '../inputs/input-file.js';
import { linesOf } from '../inputs/lines-of.js';
import { countdownTasks } from './countdown.js';

export interface PracticeTasks {
  readonly tasks: TaskSet;
  /** What decides them. */
  readonly settings: JsonValue;
}

export interface PracticeOptions {
  readonly seed: number;
  readonly heldOut: number;
  /** Of countdown: how many to make for training. */
  readonly count: number;
}

/**
 * `countdown`, `gsm8k:FILE`, or a file of `{"question", "answer"}` lines; an answer may be a whole solution that ends
 * in `#### 42`. Of a text that is no number, the answer is right when it is said word for word. Throws
 * `pipeline/tasks-invalid` with file and line.
 */
export async function readPracticeTasks(source: string, options: PracticeOptions): Promise<PracticeTasks> {
  const { seed, heldOut, count } = options;
  if (source === 'countdown')
    return { tasks: countdownTasks({ seed, train: count, heldOut }), settings: 'countdown' };
  const [name, path] = source.startsWith('gsm8k:') ? ['GSM8K', source.slice(6)] : ['questions', source];
  const { files } = findInputs('conversations', [path]);
  const tasks: Task[] = [];
  for (const file of files) {
    let line = 0;
    for await (const text of linesOf(file.path)) {
      line++;
      if (text.trim() === '') continue;
      tasks.push(taskOf(text, `${file.path}:${line}`, tasks.length));
    }
  }
  const kept = Math.min(heldOut, Math.floor(tasks.length / 10));
  const set = createTaskSet({ name, tasks, heldOut: kept, seed, reward: rewardOf });
  return { tasks: set, settings: inputSettings(files) };
}

const numeric = finalAnswerReward('flexible');

const rewardOf: TaskSet['reward'] = (task, completion) => {
  if (/^-?[\d.,]+$/.test(task.answer)) return numeric(task, completion);
  const said = completion.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return said.toLowerCase().includes(task.answer.toLowerCase()) ? 1 : 0;
};

function taskOf(text: string, place: string, index: number): Task {
  const fail = (what: string): never => {
    throw new LlmError({
      code: 'pipeline/tasks-invalid',
      message: `${place}: ${what}. Write a line as {"question": "…", "answer": "…"}.`,
      details: { place },
    });
  };
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return fail('it is not JSON');
  }
  const { question, prompt = question, answer } = (row ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof prompt !== 'string' || prompt.trim() === '') return fail('it has no "question"');
  const solution = typeof answer === 'number' ? String(answer) : answer;
  if (typeof solution !== 'string' || solution.trim() === '') return fail('it has no "answer"');
  const final = /#### (-?[\d.,]+)/.exec(solution)?.[1] ?? solution.trim();
  return {
    id: `${place}#${index}`,
    prompt: { messages: [textMessage('user', prompt)] },
    answer: final.replaceAll(',', '').replace(/\.$/, ''),
  };
}
