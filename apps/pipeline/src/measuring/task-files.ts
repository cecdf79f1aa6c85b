/** Tasks by name or by file, and the rows that belong to them. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LlmError } from '@llm/core';
import { arc, blimp, type EvaluationTask, gsm8k, hellaSwag, lambada, mmlu } from '@llm/model/evaluation';
import { linesOf } from '../inputs/lines-of.js';
import { ownTask } from './own-task.js';

export interface TaskFiles {
  readonly task: EvaluationTask;
  readonly file: string;
  /** Solved rows to show before a question; undefined where there is no such file. */
  readonly examples: string | undefined;
}

/** Published tasks by the name they are asked for. */
const published: Readonly<Record<string, EvaluationTask>> = {
  mmlu,
  arc,
  hellaswag: hellaSwag,
  lambada,
  blimp,
  gsm8k,
};

/**
 * `names`: of published tasks, whose rows are `NAME.jsonl` in the folder `data` (solved examples in
 * `NAME-examples.jsonl`) or, for a single task, the file `data`; or paths of JSONL files of one's own. Throws
 * `pipeline/task-unknown` and `pipeline/task-rows-missing`.
 */
export function findTasks(names: readonly string[], data: string | undefined): TaskFiles[] {
  return names.map((name) => {
    const task = Object.hasOwn(published, name) ? published[name] : undefined;
    if (task === undefined) return ownFile(name);
    const isFolder = data !== undefined && statSync(data, { throwIfNoEntry: false })?.isDirectory() === true;
    if (data !== undefined && !isFolder && names.length === 1 && isFile(data))
      return { task, file: data, examples: undefined };
    if (!isFolder)
      throw missing(name, data === undefined ? 'give --data DIR' : `${data} is no folder with ${name}.jsonl`);
    const file = found(data, name);
    if (file === undefined)
      throw missing(name, `${data} holds ${readdirSync(data).slice(0, 8).join(', ') || 'nothing'}`);
    return { task, file, examples: found(data, `${name}-examples`) };
  });
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function found(folder: string, name: string): string | undefined {
  return [`${name}.jsonl`, `${name}.jsonl.gz`].map((file) => join(folder, file)).find(isFile);
}

function ownFile(path: string): TaskFiles {
  if (isFile(path)) return { task: ownTask(basename(path)), file: path, examples: undefined };
  throw new LlmError({
    code: 'pipeline/task-unknown',
    message: `"${path}" is neither a task (${Object.keys(published).join(', ')}) nor a file of lines {"prompt", "answer"}.`,
    details: { task: path },
  });
}

function missing(name: string, why: string): LlmError {
  return new LlmError({
    code: 'pipeline/task-rows-missing',
    message: `The rows of ${name} are not there: ${why}. They are read from ${name}.jsonl (or .gz) in --data DIR, a row as it is published in each line.`,
    details: { task: name },
  });
}

/** Throws `pipeline/task-rows-missing` for a line that is not JSON. */
export async function* rowsOf(file: string, limit = Number.POSITIVE_INFINITY): AsyncGenerator<unknown> {
  let [line, count] = [0, 0];
  for await (const text of linesOf(file)) {
    line++;
    if (text.trim() === '') continue;
    if (count++ >= limit) return;
    try {
      yield JSON.parse(text);
    } catch (cause) {
      throw new LlmError({
        code: 'pipeline/task-rows-missing',
        message: `${file}:${line} is not JSON. Write one row as JSON in each line.`,
        details: { file, line },
        cause,
      });
    }
  }
}
