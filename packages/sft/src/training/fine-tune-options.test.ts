import { textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, NgramModel, TemplateRenderer } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { packConversations, renderConversations } from '../packing/pack-conversations.js';
import { stopsEarly } from './early-stopping.js';
import { fineTune } from './fine-tune.js';

const tokenizer = new ByteTokenizer(chatControlTokens);
const renderer = new TemplateRenderer(tokenizer);
const chat = {
  messages: [
    textMessage('user', 'hi'),
    textMessage('assistant', 'one'),
    textMessage('user', 'and?'),
    textMessage('assistant', 'two'),
  ],
};
const learned = (options: Omit<Parameters<typeof renderConversations>[0], 'renderer' | 'conversations'>) =>
  renderConversations({ conversations: [chat], renderer, ...options }).examples.map(({ ids, mask }) =>
    tokenizer.decode(ids.slice(1).filter((_, i) => mask[i + 1] === 1)),
  );

describe('what is learned', () => {
  const end = '<|assistant_end|>';
  test('assistant: every answer; completion: the last; all: everything but what nothing stands before', () => {
    expect(learned({ columns: 64 })).toEqual([`one${end}two${end}`]);
    expect(learned({ columns: 64, trainOn: 'completion' })).toEqual([`two${end}`]);
    const { ids } = renderer.render(chat);
    expect(learned({ columns: 64, trainOn: 'all' })).toEqual([tokenizer.decode(ids.slice(1))]);
    expect(() => learned({ columns: 64, trainOn: 'user' as 'all' })).toThrow('trainOn is "user"');
  });
});

describe('conversations longer than a row', () => {
  const { ids, mask } = renderer.render(chat);
  const positions = ids.length - 1;

  test('are left out, cut, or split so that every target is learned once', () => {
    const columns = 9;
    const render = (overflow: 'skip' | 'truncate' | 'split') =>
      renderConversations({ conversations: [chat], renderer, columns, overflow, trainOn: 'all' });
    expect(render('skip').skipped).toMatchObject([{ reason: 'too-long' }]);
    const [cut] = render('truncate').examples;
    expect([...cut!.ids]).toEqual([...ids.subarray(0, columns + 1)]);
    const parts = render('split').examples;
    expect(parts.length).toBe(Math.ceil(positions / columns));
    expect(parts.every((part) => part.ids.length <= columns + 1)).toBe(true);
    expect(parts.flatMap((part) => [...part.ids.subarray(1)])).toEqual([...ids.subarray(1)]);
    expect(
      packConversations({ conversations: [chat], renderer, columns, overflow: 'split' }).rows.length,
    ).toBeGreaterThan(1);
  });

  test('of which nothing is left to learn are named, not trained on', () => {
    const first = mask.indexOf(1);
    const options = { conversations: [chat], renderer, columns: first - 1, overflow: 'truncate' } as const;
    expect(renderConversations(options)).toMatchObject({
      examples: [],
      skipped: [{ reason: 'untrained', message: expect.stringContaining('nothing of its first') }],
    });
  });

  test('train to the same model as rows that hold them, for a model that sees one token', async () => {
    const train = async (columns: number, overflow: 'skip' | 'split') => {
      const model = new NgramModel(tokenizer.vocabularySize, 64);
      const step = { rows: overflow === 'skip' ? 1 : Math.ceil(positions / columns), columns, overflow };
      const shared = { model, renderer, conversations: [chat], steps: 1, schedule: () => 1 };
      await fineTune({ ...shared, ...step, trainOn: 'all' });
      return model.snapshot();
    };
    const [whole, split] = [await train(64, 'skip'), await train(7, 'split')];
    const numbers = split.parameters.get('logits')!.data;
    const largest = whole.parameters
      .get('logits')!
      .data.reduce((most, value, i) => Math.max(most, Math.abs(value - numbers[i]!)), 0);
    expect(largest).toBeLessThan(1e-6);
  });
});

test('noise is asked for at every step, another each time', async () => {
  const model = new NgramModel(tokenizer.vocabularySize, 64);
  const options = { model, renderer, conversations: [chat], rows: 1, columns: 64, schedule: () => 1 };
  await fineTune({ ...options, steps: 2, noiseAlpha: 5 });
  const noise = model.batches.map(({ embeddingNoise }) => embeddingNoise!);
  expect(noise.map(({ alpha }) => alpha)).toEqual([5, 5]);
  expect(noise[0]!.seed).not.toBe(noise[1]!.seed);
  await expect(fineTune({ ...options, steps: 4, noiseAlpha: 0 })).rejects.toThrow('noiseAlpha is 0');
});

describe('early stopping', () => {
  test('after so many measurements without a better one', () => {
    const after = (losses: readonly number[], options = {}) =>
      stopsEarly(options)(new Map(losses.map((loss, i) => [i, { eval_loss: loss }])));
    expect(after([3, 2, 2.1, 2.2])).toBe(false);
    expect(after([3, 2, 2.1, 2.2, 2.05])).toBe(true);
    expect(after([3, 2, 2.1, 2.2, 1.9])).toBe(false);
    expect(after([3, 2.95, 2.9], { patience: 2, minimumDelta: 0.2 })).toBe(true);
    expect(() => stopsEarly({ patience: 0 })).toThrow('patience is 0');
  });

  test('ends the run, saves what it reached, and says so', async () => {
    const model = new NgramModel(tokenizer.vocabularySize, 64);
    const saved: number[] = [];
    // Learns what the held-out conversation contradicts.
    const heldOut = [{ messages: [textMessage('user', 'hi'), textMessage('assistant', 'zzz')] }];
    const options = {
      model,
      renderer,
      conversations: [chat],
      rows: 1,
      columns: 64,
      steps: 50,
      schedule: () => 20,
      onCheckpoint: (step: number) => {
        saved.push(step);
      },
    };
    await expect(fineTune({ ...options, earlyStopping: {} })).rejects.toThrow('nothing to watch');
    const report = await fineTune({
      ...options,
      heldOut,
      evaluateEvery: 1,
      earlyStopping: { patience: 2 },
    });
    expect(report.stoppedEarly).toBe(true);
    expect(report.stepsTaken).toBeLessThan(50);
    expect(saved).toEqual([report.stepsTaken]);
  });
});
