import type { Task, Tool } from '@llm/core';
import { messageText, textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { ScriptedModel } from '../fixtures/scripted-model.js';
import { calculator } from '../tools/calculator.js';
import { rollout } from './rollout.js';
import { rolloutMetrics } from './rollout-metrics.js';

const control = (name: string): number => tokenizer.specialTokens.get(`<|${name}|>`)!;
const call = (text: string): number[] => [
  control('tool_call_start'),
  ...tokenizer.encode(text),
  control('tool_call_end'),
];
const task: Task = { id: 't', prompt: { messages: [textMessage('user', '12+30?')] }, answer: '42' };
const reward = ({ answer }: Task, parts: Parameters<typeof messageText>[0]): number =>
  messageText(parts) === answer ? 1 : 0;
const model = (...script: number[][]): ScriptedModel =>
  new ScriptedModel(tokenizer.vocabularySize, (_, row) => script[row % script.length]!);
const stop = renderer.stopToken;
const good = [...call('calculator 12+30'), ...tokenizer.encode('42'), stop];
const base = { renderer, tasks: [task], reward, tools: [calculator], maxNewTokens: 64 };

describe('rollout', () => {
  test('a tool call is answered inside the generation, and only the policy’s own tokens are trained', async () => {
    const [answer] = await rollout({ ...base, model: model(good) });
    expect(answer!.parts).toEqual([
      { type: 'tool-call', tool: 'calculator', input: '12+30' },
      { type: 'tool-output', text: '42' },
      { type: 'text', text: '42' },
    ]);
    expect(answer).toMatchObject({
      reward: 1,
      toolCalls: 1,
      toolFailures: 0,
      wellFormed: true,
      stopReason: 'stop',
    });
    // Masked exactly: the output and its two control tokens. The stop token is trained.
    const output = [...renderer.renderToolOutput('42')];
    expect([...answer!.ids].filter((_, i) => answer!.mask[i] === 0)).toEqual(output);
    expect(answer!.mask.at(-1)).toBe(1);
    expect(answer!.ids.at(-1)).toBe(stop);
  });

  test('bad input, unknown tools and throwing tools are failures that the policy reads', async () => {
    const broken: Tool = {
      name: 'broken',
      call: () => {
        throw new Error('out of order');
      },
    };
    const answers = await rollout({
      ...base,
      tools: [calculator, broken],
      samplesPerPrompt: 4,
      model: model(
        [...call('calculator 1/0'), stop],
        [...call('search cats'), stop],
        [...call('broken x'), stop],
        good,
      ),
    });
    expect(answers.map(({ toolFailures }) => toolFailures)).toEqual([1, 1, 1, 0]);
    expect(answers.slice(0, 3).map(({ parts }) => parts[1])).toEqual([
      { type: 'tool-output', text: 'error: division by zero' },
      { type: 'tool-output', text: 'error: there is no tool "search"' },
      { type: 'tool-output', text: 'error: out of order' },
    ]);
    expect(rolloutMetrics(answers)).toMatchObject({
      'tools/call_frequency': 1,
      'tools/failure_frequency': 0.75,
    });
  });

  test('an asynchronous tool is a clear error', async () => {
    const slow: Tool = { name: 'calculator', call: async () => '42' };
    await expect(rollout({ ...base, tools: [slow], model: model(good) })).rejects.toMatchObject({
      code: 'rl/tool-asynchronous',
    });
  });

  test('an answer without an end earns nothing, unless asked', async () => {
    const endless = model([...tokenizer.encode('42')], [...tokenizer.encode('42'), stop]);
    const answers = await rollout({ ...base, model: endless, samplesPerPrompt: 2 });
    expect(answers.map(({ reward: earned }) => earned)).toEqual([0, 1]);
    expect(rolloutMetrics(answers)).toMatchObject({
      'completions/clipped_ratio': 0.5,
      'completions/mean_length': 2.5,
      'completions/mean_terminated_length': 3,
      'completions/format_valid': 0.5,
    });
    const [lenient] = await rollout({ ...base, model: endless, requireWellFormed: false });
    expect(lenient!.reward).toBe(1);
  });

  test('a task’s samples lie next to each other, from the full distribution by default', async () => {
    const scripted = model(good);
    const tasks = [task, { ...task, id: 'u' }];
    const answers = await rollout({ ...base, tasks, model: scripted, samplesPerPrompt: 3, seed: 9 });
    expect(answers.map((answer) => answer.task.id)).toEqual(['t', 't', 't', 'u', 'u', 'u']);
    expect(scripted.calls[0]).toMatchObject({ temperature: 1, seed: 9, stopTokens: [stop] });
    expect(scripted.calls[0]!.topK).toBeUndefined();
  });
});
