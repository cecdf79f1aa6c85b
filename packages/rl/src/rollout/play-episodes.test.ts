import { messageText, textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { letterModel, letterTasks, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { ScriptedModel } from '../fixtures/scripted-model.js';
import { trainPolicy } from '../policy/train-policy.js';
import type { Environment } from './environment.js';
import { rollout } from './rollout.js';

const control = (name: string): number => tokenizer.specialTokens.get(`<|${name}|>`)!;
const letters = (text: string): number[] => [...tokenizer.encode(text)];
const [task] = letterTasks.train;
const tasks = [task!];
const base = { renderer, tasks, reward: letterTasks.reward, maxNewTokens: 200 };
/** Says the next of its lines whenever it is asked. */
const speaker = (...lines: readonly (readonly number[])[]): ScriptedModel => {
  let said = 0;
  return new ScriptedModel(tokenizer.vocabularySize, () => lines[said++] ?? [renderer.stopToken]);
};
const call = (input: string): number[] => [
  control('tool_call_start'),
  ...letters(`look ${input}`),
  control('tool_call_end'),
];

describe('asynchronous tools', () => {
  test('are waited for; their answers are read and not trained on', async () => {
    const inputs: string[] = [];
    const look = {
      name: 'look',
      asynchronous: true as const,
      call: async (input: string) => {
        inputs.push(input);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return 'seen <|assistant_end|>';
      },
    };
    const model = speaker([...letters('hm'), ...call('there')], [...letters('b'), renderer.stopToken]);
    const [played] = await rollout({ ...base, model, tools: [look] });
    expect(inputs).toEqual(['there']);
    expect(played).toMatchObject({ stopReason: 'stop', wellFormed: true, toolCalls: 1, toolFailures: 0 });
    expect(played!.parts).toEqual([
      { type: 'text', text: 'hm' },
      { type: 'tool-call', tool: 'look', input: 'there' },
      // A tool's text is text, whatever it looks like.
      { type: 'tool-output', text: 'seen <|assistant_end|>' },
      { type: 'text', text: 'b' },
    ]);
    const own = [...played!.ids].filter((_, i) => played!.mask[i] === 1);
    expect(own).toEqual([...letters('hm'), ...call('there'), ...letters('b'), renderer.stopToken]);
    for (const [i, drawn] of played!.mask.entries())
      expect(played!.logProbabilities[i]).toBe(drawn === 1 ? -0.5 : 0);
    // The second round went on from all of the first.
    expect(model.calls.length).toBe(2);
  });

  test('that throw, hang or are not there are answers that say so', async () => {
    const answersOf = async (tool: { call: (input: string) => Promise<string>; timeoutSeconds?: number }) => {
      const model = speaker(call('x'), [renderer.stopToken]);
      const [played] = await rollout({
        ...base,
        model,
        tools: [{ name: 'look', asynchronous: true, ...tool }],
      });
      expect(played).toMatchObject({ toolCalls: 1, toolFailures: 1 });
      return played!.parts.flatMap((part) => (part.type === 'tool-output' ? [part.text] : []));
    };
    expect(await answersOf({ call: () => Promise.reject(new Error('no network')) })).toEqual([
      'error: no network',
    ]);
    expect(await answersOf({ call: () => new Promise(() => undefined), timeoutSeconds: 0.01 })).toEqual([
      'error: no answer within 0.01 s',
    ]);
    const liar = { name: 'look', asynchronous: true as const, call: async () => 7 as unknown as string };
    const lied = rollout({ ...base, model: speaker(call('x')), tools: [liar] });
    await expect(lied).rejects.toMatchObject({ code: 'rl/tool-answer-invalid' });
  });

  test('an answer that would not leave room for a word more ends there', async () => {
    const long = { name: 'look', asynchronous: true as const, call: async () => 'x'.repeat(500) };
    const [played] = await rollout({ ...base, model: speaker(call('x')), tools: [long] });
    expect(played).toMatchObject({ stopReason: 'length', reward: 0, wellFormed: false });
  });
});

/** Wants three guesses and says what it heard; each b is rewarded. */
const guessing: Environment = {
  name: 'guessing',
  begin: () => {
    let guesses = 0;
    return {
      respond: (said) => {
        guesses++;
        const text = messageText(said);
        return { reward: text === 'b' ? 1 : 0, message: guesses < 3 ? `no ${text}` : undefined };
      },
    };
  },
};

describe('an environment', () => {
  test('answers, remembers, rewards and ends; what it says is not trained on', async () => {
    const lines = ['a', 'b', 'b'].map((letter) => [...letters(letter), renderer.stopToken]);
    const [played] = await rollout({ ...base, model: speaker(...lines), environment: guessing });
    expect(played).toMatchObject({ reward: 2, stopReason: 'stop', parts: [{ text: 'b' }] });
    expect(played!.turns).toEqual([
      textMessage('assistant', 'a'),
      textMessage('user', 'no a'),
      textMessage('assistant', 'b'),
      textMessage('user', 'no b'),
    ]);
    const whole = renderer.render({
      messages: [...task!.prompt.messages, ...played!.turns!, textMessage('assistant', 'b')],
    });
    expect([...played!.prompt, ...played!.ids]).toEqual([...whole.ids]);
    expect([...played!.mask]).toEqual([...whole.mask.subarray(played!.prompt.length)]);
  });

  test('a policy that breaks the format or is cut off has played its part', async () => {
    const broken = speaker([control('tool_call_start'), renderer.stopToken]);
    expect((await rollout({ ...base, model: broken, environment: guessing }))[0]).toMatchObject({
      reward: 0,
      wellFormed: false,
    });
    const endless = speaker(letters('aaaaaaaaaaaa'));
    const [cut] = await rollout({ ...base, maxNewTokens: 5, model: endless, environment: guessing });
    expect(cut).toMatchObject({ stopReason: 'length', reward: 0 });
    expect(cut!.ids.length).toBe(5);
    const liar: Environment = { name: 'liar', begin: () => ({ respond: () => ({ reward: Number.NaN }) }) };
    const lied = rollout({ ...base, model: speaker([renderer.stopToken]), environment: liar });
    await expect(lied).rejects.toThrow('The environment "liar" gave a reward that is no finite number');
  });

  test('a policy learns from it', async () => {
    const policy = await letterModel();
    const options = { renderer, tasks: letterTasks, environment: guessing, promptsPerStep: 2, seed: 1 };
    const { rewards } = await trainPolicy({
      ...options,
      policy,
      samplesPerPrompt: 8,
      maxNewTokens: 22,
      steps: 12,
      schedule: () => 10,
    });
    expect(rewards.at(-1)).toBeGreaterThan(rewards[0]! + 0.3);
  });
});
