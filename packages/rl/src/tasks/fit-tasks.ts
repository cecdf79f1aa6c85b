/** The tasks that a model can answer at all; what is left out is named before the first of them is tried. */
import type { ConversationRenderer, LanguageModel, RunEventListener, Task } from '@llm/core';
import { describeSkipped, emit, fitPrompt, LlmError } from '@llm/core';

export interface SkippedTask {
  readonly id: string;
  /**
   * `too-long`: the prompt leaves no room for an answer; `invalid`:
   * it cannot be rendered, or the model lacks one of its ids.
   */
  readonly reason: 'too-long' | 'invalid';
  readonly message: string;
}

export interface FittingTasks {
  readonly tasks: readonly Task[];
  /** Tokens of the longest prompt of `tasks`. */
  readonly longestPrompt: number;
  readonly skipped: readonly SkippedTask[];
}

/** Throws `rl/no-tasks` when none is left; `what`: the tasks in words. */
export function fitTasks(
  tasks: readonly Task[],
  what: string,
  renderer: ConversationRenderer,
  model: Pick<LanguageModel, 'contextLength' | 'vocabularySize'>,
): FittingTasks {
  const fitting: Task[] = [];
  const skipped: SkippedTask[] = [];
  let longestPrompt = 0;
  for (const task of tasks) {
    const prompt = fitPrompt(renderer, task.prompt, model);
    if ('reason' in prompt) {
      skipped.push({ id: task.id, ...prompt });
      continue;
    }
    fitting.push(task);
    longestPrompt = Math.max(longestPrompt, prompt.length);
  }
  if (fitting.length === 0)
    throw new LlmError({
      code: 'rl/no-tasks',
      message:
        skipped.length === 0
          ? `There are no ${what}; give at least one.`
          : `None of ${tasks.length} ${what} can be answered: ${describeTasks(skipped)}.`,
      details: { tasks: tasks.length },
    });
  return { tasks: fitting, longestPrompt, skipped };
}

/** A `warning` event `rl/tasks-skipped`, if there is something to warn of. */
export function warnOfSkippedTasks(
  { tasks, skipped }: FittingTasks,
  stage: string,
  onEvent: RunEventListener | undefined,
): void {
  if (skipped.length === 0) return;
  emit(onEvent, {
    type: 'warning',
    stage,
    code: 'rl/tasks-skipped',
    message: `${skipped.length} of ${tasks.length + skipped.length} tasks left out: ${describeTasks(skipped)}.`,
  });
}

const describeTasks = (skipped: readonly SkippedTask[]): string => describeSkipped(skipped, ({ id }) => id);
