/**
 * Questions with checkable answers: rows of a file, GSM8K's, the sums inside GSM8K's solutions, or tasks that
 * are made up.
 */
import { type JsonValue, LlmError, messageText, type Task, type TaskSet, textMessage } from '@llm/core';
import { arithmeticTasks, countdownTasks, createTaskSet, finalAnswerReward, sortingTasks } from '@llm/rl';
import { inputSettings } from '../inputs/input-file.js';
import { linesOf } from '../inputs/lines-of.js';
import { findRows } from './find-rows.js';

export interface PracticeTasks {
  readonly tasks: TaskSet;
  /** What decides them. */
  readonly settings: JsonValue;
}

export interface PracticeOptions {
  readonly seed: number;
  readonly heldOut: number;
  /** Of tasks that are made up: how many to make for training. */
  readonly count: number;
  /** Told of fields that nothing was made of. Default: nobody. */
  readonly note?: ((line: string) => void) | undefined;
}

/**
 * `countdown`, `arithmetic`, `sorting`, `gsm8k:FILE`, `gsm8k-sums:FILE`, or a file of `{"question",
 * "answer"}` lines; an answer may be a whole solution that ends in `#### 42`. Of a text that is no number,
 * the answer is right when it is said word for word. The sums of GSM8K are those of two numbers up to 20 that
 * its solutions mark (`<<9+5=14>>`): a small model knows some of them and hardly any whole problem. A
 * question is there once. Throws `pipeline/tasks-invalid` with file and line.
 */
export async function readPracticeTasks(source: string, options: PracticeOptions): Promise<PracticeTasks> {
  const { seed, heldOut, count } = options;
  const madeUp = Object.hasOwn(generators, source) ? generators[source] : undefined;
  if (madeUp !== undefined) {
    // There are some thousand different ones of each.
    const train = Math.max(1, Math.min(most - heldOut, count));
    return { tasks: madeUp({ seed, train, heldOut: Math.min(heldOut, most / 2) }), settings: source };
  }
  const [, kind, path = source] = /^(gsm8k|gsm8k-sums):(.*)$/.exec(source) ?? [];
  const name = kind === undefined ? 'questions' : kind === 'gsm8k' ? 'GSM8K' : 'sums of GSM8K';
  const { files } = findRows('--tasks', [path]);
  const tasks: Task[] = [];
  const unused = new Map<string, string>();
  for (const file of files) {
    let line = 0;
    for await (const text of linesOf(file.path)) {
      line++;
      if (text.trim() === '') continue;
      const place = `${file.path}:${line}`;
      for (const field of strangeFields(text)) if (!unused.has(field)) unused.set(field, place);
      tasks.push(...(kind === 'gsm8k-sums' ? sumsOf(text, place) : [taskOf(text, place, tasks.length)]));
    }
  }
  if (tasks.length === 0)
    throw new LlmError({
      code: 'pipeline/tasks-invalid',
      message: `${path} holds no ${kind === 'gsm8k-sums' ? `sums of two numbers up to ${greatestTerm}` : 'questions'}. Write one a line: {"question": "…", "answer": "…"}.`,
      details: { path },
    });
  if (unused.size > 0)
    options.note?.(
      `Fields that were not used: ${[...unused].map(([field, place]) => `"${field}" (first in ${place})`).join(', ')}. What an answer earns is worked out from "answer".`,
    );
  // A question that is there twice is not on both sides.
  const different = [...new Map(tasks.map((task) => [questionOf(task), task])).values()];
  const kept = Math.min(heldOut, Math.floor(different.length / 2));
  const set = createTaskSet({ name, tasks: different, heldOut: kept, seed, reward: rewardOf });
  return { tasks: set, settings: kind === undefined ? inputSettings(files) : [kind, inputSettings(files)] };
}

const most = 2000;

const generators: Readonly<
  Record<string, (options: { seed: number; train: number; heldOut: number }) => TaskSet>
> = {
  countdown: countdownTasks,
  arithmetic: (options) => arithmeticTasks({ ...options, digits: 3 }),
  sorting: sortingTasks,
};

const questionOf = ({ prompt }: Task): string =>
  prompt.messages.map(({ parts }) => messageText(parts)).join('\n');

const greatestTerm = 20;

/** The sums that the solution of a row of GSM8K marks, as questions of their own. */
function sumsOf(row: string, place: string): Task[] {
  const { solution } = questionAndSolution(row, place);
  const sums = [...solution.matchAll(/<<(\d+)([+-])(\d+)=(\d+)>>/g)];
  return sums
    .filter(([, a, , b]) => Number(a) <= greatestTerm && Number(b) <= greatestTerm)
    .map(([, a, sign, b, answer]) => ({
      id: `${place} ${a}${sign}${b}`,
      prompt: {
        messages: [textMessage('user', `${a} ${sign} ${b} = ? Answer with the number alone.`)],
      },
      answer: answer!,
    }));
}

const numeric = finalAnswerReward('flexible');

const rewardOf: TaskSet['reward'] = (task, completion) => {
  if (/^-?[\d.,]+$/.test(task.answer)) return numeric(task, completion);
  const said = completion.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return said.toLowerCase().includes(task.answer.toLowerCase()) ? 1 : 0;
};

function taskOf(text: string, place: string, index: number): Task {
  const { question, solution } = questionAndSolution(text, place);
  const final = /#### (-?[\d.,]+)/.exec(solution)?.[1] ?? solution.trim();
  return {
    id: `${place}#${index}`,
    prompt: { messages: [textMessage('user', question)] },
    answer: final.replaceAll(',', '').replace(/\.$/, ''),
  };
}

const known = new Set(['id', 'question', 'prompt', 'answer']);

/** Of a line that is no JSON, none: it is refused elsewhere. */
function strangeFields(text: string): string[] {
  try {
    return Object.keys(JSON.parse(text) ?? {}).filter((name) => !known.has(name));
  } catch {
    return [];
  }
}

function questionAndSolution(
  text: string,
  place: string,
): { readonly question: string; readonly solution: string } {
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
  if (typeof answer === 'number' && !Number.isFinite(answer))
    return fail('its "answer" is a number too large to be one');
  const solution = typeof answer === 'number' ? String(answer) : answer;
  if (typeof solution !== 'string' || solution.trim() === '') return fail('it has no "answer"');
  return { question: prompt, solution };
}
