/**
 * Lets the policy answer every task several times and scores the answers: the experience that RL learns from.
 * All rows go through one `generate` call; tools run during it. The log-probabilities are those of the full softmax at
 * temperature 1, whatever the sampling was, so that the training pass compares like with like.
 */
import type { Completion, ConversationRenderer, LanguageModel, Part, Task, TaskSet, Tool } from '@llm/core';
import { createToolCaller } from '../tools/tool-caller.js';

export interface RolloutOptions {
  readonly model: LanguageModel;
  readonly renderer: ConversationRenderer;
  readonly tasks: readonly Task[];
  /** Scores an answer, 0…1: `taskSet.reward`. */
  readonly reward: TaskSet['reward'];
  readonly tools?: readonly Tool[] | undefined;
  /** Answers per task. Default 1. */
  readonly samplesPerPrompt?: number | undefined;
  readonly maxNewTokens: number;
  /** Default 1; 0 is greedy. */
  readonly temperature?: number | undefined;
  /** Truncated sampling learns from a distribution that is not the policy's. Default: all. */
  readonly topK?: number | undefined;
  /** Default 1 (all). */
  readonly topP?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /**
   * Give 0 to answers that never ended or broke the format, whatever their text says. Default true: an answer without an
   * end is none, and without this the stop token is never learned.
   */
  readonly requireWellFormed?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Rollout {
  readonly task: Task;
  readonly prompt: Int32Array;
  /** Generated ids, stop token included. */
  readonly ids: Int32Array;
  /** [ids.length] full-softmax log-probability when sampled; 0 where a tool spoke */
  readonly logProbabilities: Float32Array;
  /** [ids.length] 1 where the policy chose the id (the stop token too), 0 where a tool's answer was forced */
  readonly mask: Uint8Array;
  readonly stopReason: Completion['stopReason'];
  readonly parts: readonly Part[];
  readonly wellFormed: boolean;
  readonly reward: number;
  readonly toolCalls: number;
  readonly toolFailures: number;
}

/** [tasks.length × samplesPerPrompt], a task's answers next to each other. */
export async function rollout(options: RolloutOptions): Promise<Rollout[]> {
  const { model, renderer, tasks, reward, signal } = options;
  const samples = options.samplesPerPrompt ?? 1;
  const prompts = tasks.map((task) => renderer.renderPrompt(task.prompt));
  const rows = prompts.flatMap((prompt) => Array.from({ length: samples }, () => prompt));
  const caller = createToolCaller(renderer, options.tools ?? [], rows.length);
  const completions = await model.generate(rows, {
    maxNewTokens: options.maxNewTokens,
    temperature: options.temperature ?? 1,
    seed: options.seed ?? 0,
    stopTokens: [renderer.stopToken],
    topK: options.topK,
    topP: options.topP,
    ...(options.tools?.length ? { forceTokens: caller.forceTokens } : {}),
    signal,
  });
  return completions.map((completion, row) => {
    const task = tasks[Math.floor(row / samples)]!;
    const { parts, wellFormed } = renderer.parse(completion.ids);
    return {
      task,
      prompt: rows[row]!,
      ids: completion.ids,
      logProbabilities: completion.logProbabilities,
      mask: completion.forced.map((forced) => 1 - forced),
      stopReason: completion.stopReason,
      parts,
      wellFormed,
      reward: wellFormed || options.requireWellFormed === false ? reward(task, parts) : 0,
      toolCalls: caller.calls[row]!,
      toolFailures: caller.failures[row]!,
    };
  });
}
