/** What RL practises: additions whose operand pairs appear in no page and no conversation. */
import type { TaskSet } from '@llm/core';
import { miniwebTasks } from '@llm/miniweb';
import type { PipelineOptions } from '../options.js';

/** `heldOut`: how many held-out tasks; default those of the options. */
export function taskSetOf({ seed, tasks, rl }: PipelineOptions, heldOut = rl.heldOutTasks): TaskSet {
  return miniwebTasks({ seed, train: rl.steps * rl.promptsPerStep, heldOut, digits: tasks.digits });
}
