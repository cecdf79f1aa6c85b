import type { Task, Tool } from '@llm/core';
import { messageText, textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { ScriptedModel } from '../fixtures/scripted-model.js';
import { calculator } from '../tools/calculator.js';
import { createToolCaller } from '../tools/tool-caller.js';
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

  test('a tool that does not answer with a text at once is a clear error', async () => {
    const answering = (value: unknown): Tool => ({ name: 'calculator', call: () => value as string });
    const codeOf = (value: unknown) =>
      rollout({ ...base, tools: [answering(value)], model: model(good) }).catch(({ code, message }) => [
        code,
        message,
      ]);
    expect(await codeOf(Promise.resolve('42'))).toEqual(['rl/tool-asynchronous', expect.any(String)]);
    expect(await codeOf(Promise.reject(new Error('lost')))).toEqual([
      'rl/tool-asynchronous',
      expect.any(String),
    ]);
    for (const [value, described] of [
      [42, '42'],
      [undefined, 'undefined'],
      [{ result: 42 }, 'an object'],
    ] as const)
      expect(await codeOf(value)).toEqual([
        'rl/tool-answer-invalid',
        `Tool "calculator" answered ${described}; call() must return a text.`,
      ]);
  });

  test('a name that no call can name, and one that two tools share, are refused', () => {
    const named = (...names: string[]) =>
      createToolCaller(
        renderer,
        names.map((name) => ({ name, call: () => '' })),
        1,
      );
    expect(named('a', 'b').calls).toEqual(new Int32Array(1));
    for (const names of [[''], ['two words'], ['a', 'a']])
      expect(() => named(...names)).toThrow(expect.objectContaining({ code: 'rl/tool-name-invalid' }));
  });

  test('asynchronous rewards are waited for, together; what is no reward names reward and task', async () => {
    let waiting = 0;
    let most = 0;
    const judge = async ({ id }: Task): Promise<number> => {
      most = Math.max(most, ++waiting);
      await new Promise((resolve) => setTimeout(resolve, 5));
      waiting--;
      return id === 't' ? 0.25 : 0.75;
    };
    const tasks = [task, { ...task, id: 'u' }];
    const answers = await rollout({ ...base, tasks, reward: judge, samplesPerPrompt: 2, model: model(good) });
    expect(answers.map(({ reward: earned }) => earned)).toEqual([0.25, 0.25, 0.75, 0.75]);
    expect(most).toBe(4);
    const wrong = ({ id }: Task) => (id === 'u' ? ('1' as unknown as number) : 1);
    await expect(rollout({ ...base, tasks, reward: wrong, model: model(good) })).rejects.toMatchObject({
      code: 'rl/reward-invalid',
      details: { reward: 'wrong', task: 'u', value: '"1"' },
    });
  });

  test('an abort while rewards are computed is the abort, whatever the reward throws', async () => {
    const controller = new AbortController();
    const judge = async (): Promise<number> => {
      controller.abort(new Error('enough'));
      throw new Error('the judge was stopped');
    };
    const { signal } = controller;
    await expect(rollout({ ...base, reward: judge, signal, model: model(good) })).rejects.toThrow('enough');
  });

  test('a prompt that leaves no room for an answer is refused with the task’s id', async () => {
    const long: Task = {
      ...task,
      id: 'long-one',
      prompt: { messages: [textMessage('user', 'x'.repeat(300))] },
    };
    await expect(rollout({ ...base, tasks: [task, long], model: model(good) })).rejects.toMatchObject({
      code: 'rl/prompt-unfit',
      message: expect.stringMatching(/"long-one".*30\d tokens, the model sees 256/),
    });
  });

  test('no id is asked for that the tokenizer lacks', async () => {
    const scripted = model(good);
    await rollout({ ...base, model: scripted });
    expect(scripted.calls[0]!.vocabularySize).toBe(tokenizer.vocabularySize);
    // A model that draws one all the same: the answer is not well formed, and the run goes on.
    const padding = [...tokenizer.encode('4'), tokenizer.vocabularySize + 5, ...tokenizer.encode('2'), stop];
    const [answer] = await rollout({ ...base, model: model(padding) });
    expect(answer).toMatchObject({ wellFormed: false, reward: 0, parts: [{ type: 'text', text: '42' }] });
  });

  test('options that are no such numbers are refused by name', async () => {
    for (const [option, value] of [
      ['maxNewTokens', Number.NaN],
      ['maxNewTokens', 0],
      ['samplesPerPrompt', 0],
      ['samplesPerPrompt', 1.5],
      ['temperature', Number.NaN],
      ['temperature', -1],
      ['topK', -2],
      ['topP', 1.5],
      ['topP', Number.NaN],
      ['seed', Number.NaN],
    ] as const)
      await expect(rollout({ ...base, model: model(good), [option]: value })).rejects.toMatchObject({
        code: 'core/option-invalid',
        message: expect.stringContaining(`${option} is ${value}`),
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
