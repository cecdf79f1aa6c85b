// What practice learnt from, kept and found again; a step done twice is there once.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { textMessage } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { ByteTokenizer, chatControlTokens } from '@llm/core/testing';
import type { StepRollouts } from '@llm/rl';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { chooseSamples, sampleChoice } from './choose-samples.js';
import { type KeepRolloutsOptions, keepRollouts, whatIsKept } from './keep-rollouts.js';
import { readRollouts, rolloutKey } from './rollout-file.js';

const root = mkdtempSync(join(tmpdir(), 'rollouts-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
let directory: string;
let options: KeepRolloutsOptions;
beforeEach(() => {
  directory = join(root, String(++count));
  options = {
    store: new DirectoryStore(directory),
    stage: 'rl',
    tokenizer: new ByteTokenizer(chatControlTokens),
    rewardName: 'sums',
    ...{ steps: 3, promptsPerStep: 2, samplesPerPrompt: 2, maxNewTokens: 8 },
  };
});

const tokenizer = new ByteTokenizer(chatControlTokens);
const start = tokenizer.specialTokens.get('<|assistant_start|>')!;

type Rollout = StepRollouts['rollouts'][number];
function answer(task: string, said: string, reward: number, more: Partial<Rollout> = {}): Rollout {
  const ids = tokenizer.encode(said);
  return {
    task: { id: task, prompt: { messages: [textMessage('user', `${task}?`)] }, answer: '5' },
    prompt: Int32Array.of(...tokenizer.encode(`${task}?`), start),
    ids,
    logProbabilities: new Float32Array(ids.length).fill(-0.123456),
    mask: new Uint8Array(ids.length).fill(1),
    stopReason: 'stop',
    parts: [{ type: 'text', text: said }],
    wellFormed: true,
    reward,
    version: 7,
    toolCalls: 0,
    toolFailures: 0,
    ...more,
  };
}

const calls = answer('2+3', '2+3=5', 1, {
  mask: Uint8Array.of(1, 1, 1, 0, 0),
  parts: [
    { type: 'tool-call', tool: 'calculator', input: '2+3' },
    { type: 'tool-output', text: '5' },
  ],
  toolCalls: 1,
});
const step = (at: number): StepRollouts => ({
  step: at,
  samplesPerPrompt: 2,
  rollouts: [
    calls,
    answer('2+3', 'é', 0, { stopReason: 'length', wellFormed: false }),
    answer('1+4', '5', 0.5, { rewardTerms: { right: 1, brief: null } }),
    answer('1+4', 'four', 0.5),
  ],
  advantages: [0.5, -0.5, Float32Array.of(0.25), 0],
});

describe('rollouts of a run', () => {
  test('are found again as they were', async () => {
    await keepRollouts(options)(step(2));
    const kept = await readRollouts(options.store, 'rl', 2);
    expect(kept).toMatchObject({ stage: 'rl', step: 2, promptsOfStep: 2 });
    expect(kept.prompts.map(({ task, answer: right, messages }) => [task, right, messages])).toEqual([
      ['2+3', '5', [{ role: 'user', text: '2+3?' }]],
      ['1+4', '5', [{ role: 'user', text: '1+4?' }]],
    ]);
    expect(kept.samples[0]).toEqual({
      index: 0,
      prompt: 0,
      ids: [...tokenizer.encode('2+3=5')],
      mask: [1, 1, 1, 0, 0],
      logProbabilities: [-0.1235, -0.1235, -0.1235, -0.1235, -0.1235],
      parts: [
        { type: 'tool-call', tool: 'calculator', text: '2+3' },
        { type: 'tool-output', text: '5' },
      ],
      reward: 1,
      rewards: { sums: 1 },
      advantage: 0.5,
      stopReason: 'stop',
      wellFormed: true,
      toolCalls: 1,
      toolFailures: 0,
      version: 7,
    });
    expect(kept.samples[2]).toMatchObject({
      prompt: 1,
      advantage: [0.25],
      rewards: { right: 1, brief: null },
    });
    const [first, second] = [...tokenizer.encode('é')];
    // Half a character has bytes and no text; a control token has its name.
    expect([kept.tokens[first!], kept.tokens[second!]]).toEqual([[0xc3], [0xa9]]);
    expect(kept.tokens[start]).toBe('<|assistant_start|>');
    expect(kept.tokens[tokenizer.encode('+')[0]!]).toBe('+');
  });

  test('a step that is done again after a kill is there once, with the same bytes', async () => {
    await keepRollouts(options)(step(1));
    await keepRollouts(options)(step(2));
    const path = join(directory, rolloutKey('rl', 2));
    const before = readFileSync(path);
    await keepRollouts(options)(step(2));
    expect(readdirSync(join(directory, 'rl/rollouts'))).toEqual([
      'step-00000001.jsonl.gz',
      'step-00000002.jsonl.gz',
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(gunzipSync(before).toString().trimEnd().split('\n').length).toBe(1 + 2 + 4);
  });

  test('a file that is cut, changed or missing is named', async () => {
    await keepRollouts(options)(step(1));
    const path = join(directory, rolloutKey('rl', 1));
    const whole = readFileSync(path);
    const changed = Buffer.from(whole);
    changed[changed.length - 6]! ^= 1;
    for (const bytes of [whole.subarray(0, 60), changed, Buffer.from('x')]) {
      writeFileSync(path, bytes);
      await expect(readRollouts(options.store, 'rl', 1)).rejects.toMatchObject({
        code: 'pipeline/rollouts-damaged',
      });
    }
    await expect(readRollouts(options.store, 'rl', 9)).rejects.toMatchObject({
      code: 'pipeline/rollouts-missing',
    });
  });

  test.for([
    [40, 8, 16, 36],
    [1000, 16, 16, 256],
    [1_000_000, 8, 8, 32],
    [7, 512, 64, 1024],
    [1, 1, 1, 1],
  ] as const)(
    '%i steps of %i × %i answers of %i tokens: a million tokens at most',
    ([steps, promptsPerStep, samplesPerPrompt, maxNewTokens]) => {
      const { every, prompts } = whatIsKept({ steps, promptsPerStep, samplesPerPrompt, maxNewTokens });
      const kept = Array.from({ length: steps }, (_, i) => i + 1).filter(
        (at) => (at - 1) % every === 0 || at === steps,
      );
      expect(kept.length * prompts * samplesPerPrompt * maxNewTokens).toBeLessThanOrEqual(1_000_000);
      // No more is left out than must be.
      const all = steps * promptsPerStep * samplesPerPrompt * maxNewTokens;
      if (all <= 1_000_000) expect([every, prompts]).toEqual([1, promptsPerStep]);
      else expect(kept.length * prompts * samplesPerPrompt * maxNewTokens).toBeGreaterThan(450_000);
    },
  );

  test('only the first prompts of a step that is too large', async () => {
    await keepRollouts({ ...options, maxNewTokens: 250_000 })(step(1));
    const kept = await readRollouts(options.store, 'rl', 1);
    expect([kept.promptsOfStep, kept.prompts.length, kept.samples.length]).toEqual([2, 1, 2]);
  });

  test('are filtered, searched, sorted and cut to a stretch', async () => {
    await keepRollouts(options)(step(1));
    const kept = await readRollouts(options.store, 'rl', 1);
    const chosen = (query: Record<string, string>): number[] =>
      chooseSamples(kept, sampleChoice(query)).samples.map(({ index }) => index);
    expect(chosen({})).toEqual([0, 1, 2, 3]);
    expect(chosen({ filter: 'raised' })).toEqual([0, 2]);
    expect(chosen({ filter: 'lowered' })).toEqual([1]);
    expect(chosen({ filter: 'untaught' })).toEqual([3]);
    expect(chosen({ filter: 'tool' })).toEqual([0]);
    expect(chosen({ filter: 'cut-off' })).toEqual([1]);
    expect(chosen({ filter: 'malformed' })).toEqual([1]);
    expect(chosen({ text: 'FOUR' })).toEqual([3]);
    expect(chosen({ text: '1+4' })).toEqual([2, 3]);
    expect(chosen({ order: '-reward' })).toEqual([0, 2, 3, 1]);
    expect(chosen({ order: 'length' })).toEqual([2, 1, 3, 0]);
    expect(chosen({ order: 'advantage' })).toEqual([1, 3, 2, 0]);
    const part = chooseSamples(kept, sampleChoice({ from: '1', count: '2' }));
    expect([part.kept, part.matching, part.samples.map(({ index }) => index)]).toEqual([4, 4, [1, 2]]);
    for (const query of [
      { filter: 'x' },
      { order: '-drawn' },
      { from: '-1' },
      { count: '501' },
      { count: '' },
    ])
      expect(() => sampleChoice(query)).toThrow(/must be/);
  });
});
