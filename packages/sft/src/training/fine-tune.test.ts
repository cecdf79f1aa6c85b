import { createHash } from 'node:crypto';
import type { RunEvent } from '@llm/core';
import { textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, NgramModel, TemplateRenderer } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { evaluateChat } from '../evaluation/evaluate-chat.js';
import { heldOutLoss } from '../evaluation/held-out-loss.js';
import { fineTune } from './fine-tune.js';

const tokenizer = new ByteTokenizer(chatControlTokens);
const renderer = new TemplateRenderer(tokenizer);
// "abc" is all a bigram model can learn: a → b → c → stop.
const conversations = Array.from({ length: 20 }, (_, i) => ({
  messages: [textMessage('user', `say it ${i}`), textMessage('assistant', 'abc')],
}));
const heldOut = [{ messages: [textMessage('user', 'now'), textMessage('assistant', 'abc')] }];
const prompts = [{ conversation: { messages: [textMessage('user', 'please')] }, expected: 'abc' }];
const options = {
  renderer,
  conversations,
  heldOut,
  rows: 4,
  columns: 64,
  steps: 30,
  seed: 3,
  schedule: () => 30,
};
/** Fingerprint to the bit; comparing the numbers one by one takes seconds. */
const parameterDigest = async (model: NgramModel): Promise<string> => {
  const hash = createHash('sha256');
  for (const { data } of (await model.snapshot()).parameters.values()) hash.update(data);
  return hash.digest('hex');
};
const create = (): NgramModel => new NgramModel(tokenizer.vocabularySize, 64);

describe('fineTune', () => {
  test('a model that rambles learns to answer and to stop', async () => {
    const model = create();
    const before = await evaluateChat({ model, renderer, prompts, maxNewTokens: 20, temperature: 1 });
    const events: RunEvent[] = [];
    const report = await fineTune({ ...options, model, onEvent: (event) => events.push(event) });
    const after = await evaluateChat({ model, renderer, prompts, maxNewTokens: 20 });
    expect(before).toMatchObject({ formatValid: 0, stopRate: 0, exactMatch: 0, meanLength: 20 });
    expect(after).toMatchObject({ n: 1, formatValid: 1, stopRate: 1, exactMatch: 1, meanLength: 4 });
    expect(after.samples).toEqual([{ prompt: 'please', text: 'abc', wellFormed: true, expected: 'abc' }]);
    expect(report.heldOut!.before).toBeCloseTo(Math.log(tokenizer.vocabularySize), 4);
    expect(report.heldOut!.after).toBeLessThan(0.1);
    expect(report).toMatchObject({ stepsTaken: 30, conversations: 20, skipped: [] });
    const metrics = events.filter((event) => event.type === 'metric' && 'loss' in event.values);
    expect(metrics.length).toBe(30);
    expect(metrics[0]).toMatchObject({ stage: 'sft', step: 1, values: { learning_rate: 30 } });
    expect(events.at(0)?.type).toBe('stage-start');
    expect(events.at(-1)?.type).toBe('stage-end');
  });

  test('a run stopped at a checkpoint and continued equals one that was not', async () => {
    const straight = create();
    await fineTune({ ...options, model: straight });
    const first = create();
    const controller = new AbortController();
    let saved = await first.snapshot();
    const stopped = fineTune({
      ...options,
      model: first,
      saveEvery: 7,
      signal: controller.signal,
      onCheckpoint: async (step) => {
        saved = await first.snapshot();
        if (step === 14) controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    const second = create();
    await second.restore(saved);
    const report = await fineTune({ ...options, model: second });
    expect(second.batches.length).toBe(16);
    expect(report.stepsTaken).toBe(30);
    expect(second.batches.at(-1)).toEqual(straight.batches.at(-1));
    expect(await parameterDigest(second)).toBe(await parameterDigest(straight));
  });

  test('too wide rows and too long conversations are told', async () => {
    await expect(fineTune({ ...options, model: create(), columns: 65 })).rejects.toMatchObject({
      code: 'sft/columns-exceed-context',
    });
    await expect(fineTune({ ...options, model: create(), columns: 4 })).rejects.toMatchObject({
      code: 'sft/no-conversations',
    });
  });
});

describe('heldOutLoss', () => {
  test('averages over assistant tokens only, whatever the grouping', async () => {
    const model = create();
    await fineTune({ ...options, model, steps: 3 });
    const one = await heldOutLoss({ model, renderer, conversations, rows: 1 });
    const many = await heldOutLoss({ model, renderer, conversations, rows: 7 });
    const bytes = 'abc'.length + 1;
    expect(one.trainedTokens).toBe(20 * bytes);
    expect(many.loss).toBeCloseTo(one.loss, 6);
    // By hand: −log p of a, b, c, stop, each after the one before.
    const { ids } = renderer.render(heldOut[0]!);
    const inputs = ids.slice(-bytes - 1, -1);
    const scores = await model.logProbabilities({
      rows: 1,
      columns: bytes,
      inputs,
      targets: ids.slice(-bytes),
    });
    expect(one.loss).toBeCloseTo(-scores.reduce((sum, score) => sum + score, 0) / bytes, 5);
  });
});
