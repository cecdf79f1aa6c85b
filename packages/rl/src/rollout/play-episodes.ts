/**
 * Answers that are drawn in rounds: the model speaks until it calls a tool that has to be waited for, or
 * until it has said its part to an environment; what comes back is put behind it, and it goes on. All rows go
 * on side by side. Every token keeps the log-probability that it was drawn with, so the training pass sees
 * one sequence.
 */
import type { Completion, Conversation, ConversationRenderer, Message, Part, Task } from '@llm/core';
import { checkNumber, createRandom, describeValue, LlmError, throwIfAborted } from '@llm/core';
import { type AnyTool, answerOfTool, toolCallEnd } from '../tools/asynchronous-tool.js';
import type { Environment, Episode } from './environment.js';
import { parseAnswer } from './parse-answer.js';
import type { Sampler } from './sampler.js';
import { callTogether, failureOf, type WithinTime } from './within-time.js';

export interface PlayOptions {
  readonly model: Sampler;
  readonly renderer: ConversationRenderer;
  /** A task for each row. */
  readonly tasks: readonly Task[];
  readonly prompts: readonly Int32Array[];
  readonly tools: readonly AnyTool[];
  readonly environment: Environment | undefined;
  /** Of a turn of the environment. */
  readonly timeoutSeconds: number;
  /** Of an answer with all that was put between. */
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Played {
  readonly ids: Int32Array;
  readonly logProbabilities: Float32Array;
  readonly mask: Uint8Array;
  readonly stopReason: Completion['stopReason'];
  /** Ids of the last thing the policy said. */
  readonly last: readonly number[];
  /** The messages after the prompt, the last one not among them. */
  readonly turns: readonly Message[];
  /** Of the environment. */
  readonly reward: number;
  readonly toolCalls: number;
  readonly toolFailures: number;
}

interface Row {
  readonly index: number;
  readonly task: Task;
  readonly prompt: Int32Array;
  readonly ids: number[];
  readonly logProbabilities: number[];
  readonly mask: number[];
  readonly turns: Message[];
  /** Where the message that is being said begins in `ids`. */
  start: number;
  episode: Episode | undefined;
  reward: number;
  toolCalls: number;
  toolFailures: number;
  stopReason: Completion['stopReason'] | undefined;
}

/** Throws what model, renderer and environment throw, `rl/environment-failed`,
 * `rl/reward-invalid`, `rl/tool-answer-invalid`. */
export async function playEpisodes(options: PlayOptions): Promise<Played[]> {
  const { model, renderer, environment, maxNewTokens, seed, signal } = options;
  const turnOf = async <Value>(
    withinTime: WithinTime,
    task: Task,
    work: () => Value | Promise<Value>,
  ): Promise<Value> => {
    try {
      return await withinTime(work, options.timeoutSeconds);
    } catch (cause) {
      throw new LlmError({
        code: 'rl/environment-failed',
        message: `The environment "${environment!.name}" failed on task "${task.id}": ${failureOf(cause)}`,
        details: { environment: environment!.name, task: task.id },
        cause,
      });
    }
  };
  const tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  const [anyTool] = options.tools;
  const callEnd = anyTool && toolCallEnd(renderer, anyTool.name);
  const begin = async (withinTime: WithinTime, prompt: Int32Array, index: number): Promise<Row> => {
    const task = options.tasks[index]!;
    const episodeSeed = createRandom(seed, 'episode', index).uint32();
    const episode =
      environment && (await turnOf(withinTime, task, () => begun(environment, task, episodeSeed)));
    return {
      index,
      task,
      prompt,
      ids: [],
      logProbabilities: [],
      mask: [],
      turns: [],
      start: 0,
      episode,
      reward: 0,
      toolCalls: 0,
      toolFailures: 0,
      stopReason: undefined,
    };
  };
  const rows = await callTogether(signal, (withinTime) =>
    Promise.all(options.prompts.map((prompt, index) => begin(withinTime, prompt, index))),
  );

  /** What is read and not trained on; false where there is no room for it and a word more. */
  const insert = (row: Row, ids: ArrayLike<number>): boolean => {
    const room = Math.min(maxNewTokens, model.contextLength - row.prompt.length) - row.ids.length;
    if (ids.length >= room) return false;
    for (const id of Array.from(ids)) {
      row.ids.push(id);
      row.logProbabilities.push(0);
      row.mask.push(0);
    }
    return true;
  };
  const take = async (
    withinTime: WithinTime,
    row: Row,
    { ids, logProbabilities, stopReason }: Completion,
  ): Promise<void> => {
    if (ids.length === 0) {
      row.stopReason = 'length';
      return;
    }
    for (const [i, id] of ids.entries()) {
      row.ids.push(id);
      row.logProbabilities.push(logProbabilities[i]!);
      row.mask.push(1);
    }
    const said = row.ids.slice(row.start);
    if (stopReason === 'stop' && said.at(-1) === renderer.stopToken) return finish(withinTime, row, said);
    const call = stopReason === 'stop' ? renderer.openToolCall(said) : undefined;
    if (call !== undefined) {
      const answer = await answerOfTool(tools, call.tool, call.input, withinTime);
      row.toolCalls++;
      if (answer.startsWith('error:')) row.toolFailures++;
      if (!insert(row, renderer.renderToolOutput(answer))) row.stopReason = 'length';
    } else if (stopReason === 'context') row.stopReason = 'context';
    else if (row.ids.length >= maxNewTokens) row.stopReason = 'length';
  };
  const finish = async (withinTime: WithinTime, row: Row, said: readonly number[]): Promise<void> => {
    const { parts, wellFormed } = parseAnswer(renderer, said);
    if (row.episode === undefined || !wellFormed) {
      row.stopReason = 'stop';
      return;
    }
    const { message, reward } = await turnOf(withinTime, row.task, () => turnAfter(row.episode!, parts));
    checkTurn(environment!, row.task, reward);
    row.reward += reward;
    const turns: Message[] = [...row.turns, { role: 'assistant', parts }];
    const next = message === undefined ? undefined : nextPrompt(renderer, row, turns, message);
    if (next === undefined || !insert(row, next)) {
      row.stopReason = 'stop';
      return;
    }
    row.turns.push({ role: 'assistant', parts }, { role: 'user', parts: [{ type: 'text', text: message! }] });
    row.start = row.ids.length;
  };

  for (let round = 0; ; round++) {
    throwIfAborted(signal);
    const live = rows.filter(({ stopReason }) => stopReason === undefined);
    if (live.length === 0) break;
    const room = Math.min(...live.map(({ ids }) => maxNewTokens - ids.length));
    const completions = await model.generate(
      live.map(({ prompt, ids }) => Int32Array.of(...prompt, ...ids)),
      {
        maxNewTokens: room,
        temperature: options.temperature,
        topK: options.topK,
        topP: options.topP,
        seed: createRandom(seed, 'round', round).uint32(),
        stopTokens: callEnd === undefined ? [renderer.stopToken] : [renderer.stopToken, callEnd],
        vocabularySize: renderer.vocabularySize,
        signal,
      },
    );
    await callTogether(signal, (withinTime) =>
      Promise.all(live.map((row, i) => take(withinTime, row, completions[i]!))),
    );
  }
  return rows.map((row) => ({
    ids: Int32Array.from(row.ids),
    logProbabilities: Float32Array.from(row.logProbabilities),
    mask: Uint8Array.from(row.mask),
    stopReason: row.stopReason!,
    last: row.ids.slice(row.start),
    turns: row.turns,
    reward: row.reward,
    toolCalls: row.toolCalls,
    toolFailures: row.toolFailures,
  }));
}

/**
 * What stands between the answer and the next one; undefined where the renderer writes the conversation so
 * far in other ids than were drawn, which cannot be gone on from.
 */
function nextPrompt(
  renderer: ConversationRenderer,
  { task, prompt, ids }: Row,
  turns: readonly Message[],
  message: string,
): Int32Array | undefined {
  const messages: Conversation['messages'] = [
    ...task.prompt.messages,
    ...turns,
    { role: 'user', parts: [{ type: 'text', text: message }] },
  ];
  const whole = renderer.renderPrompt({ messages });
  const drawn = [...prompt, ...ids];
  return drawn.every((id, i) => id === whole[i]) ? whole.subarray(drawn.length) : undefined;
}

async function begun(environment: Environment, task: Task, seed: number): Promise<Episode> {
  const episode = await environment.begin(task, seed);
  // Without one the answer would stand as if there were no environment.
  if (typeof episode?.respond === 'function') return episode;
  throw new Error(`begin() gave ${describeValue(episode)}; it must give an episode, or the promise of one`);
}

async function turnAfter(
  episode: Episode,
  said: readonly Part[],
): Promise<{ readonly message: string | undefined; readonly reward: number }> {
  const { message, reward = 0 } = await episode.respond(said);
  if (message === undefined || typeof message === 'string') return { message, reward };
  throw new Error(`respond() gave ${describeValue(message)} as its message; it must be a text or undefined`);
}

function checkTurn({ name }: Environment, task: Task, reward: unknown): void {
  try {
    checkNumber('reward', reward);
  } catch (cause) {
    throw new LlmError({
      code: 'rl/reward-invalid',
      message: `The environment "${name}" gave a reward that is no finite number for task "${task.id}": ${(cause as Error).message}`,
      details: { environment: name, task: task.id },
      cause,
    });
  }
}
