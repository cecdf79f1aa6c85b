/** What RL practises. */
import type { TaskSet } from '@llm/core';
import { miniwebTasks } from '@llm/miniweb';
import type { PipelineOptions } from '../options.js';

export function taskSetOf({ seed }: PipelineOptions): TaskSet {
  return miniwebTasks({ seed });
}
