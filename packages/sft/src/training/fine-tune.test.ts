import { createHash } from 'node:crypto';
import type { RunEvent } from '@llm/core';
import { textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, NgramModel, TemplateRenderer } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { evaluateChat } from '../evaluation/evaluate-chat.js';
import { heldOutLoss } from '../evaluation/held-out-loss.js';
import { fineTune } from './fine-tune.js';

// Slow: models are fine-tuned, several times over

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

describe('what does not fit', () => {
  const saying = (text: string, origin: string) => ({
    origin,
    messages: [textMessage('user', text), textMessage('assistant', 'abc')],
  });
  const warningsOf = (events: readonly RunEvent[]) =>
    events.flatMap((event) => (event.type === 'warning' ? [`${event.code}: ${event.message}`] : []));

  test('is counted by reason and named with file and line, in training and held out, and ends nothing', async () => {
    const events: RunEvent[] = [];
    const long = (line: number) => saying('x'.repeat(99), `a.jsonl:${line}`);
    const broken = { messages: [textMessage('assistant', 'a')], origin: 'a.jsonl:5' };
    const report = await fineTune({
      ...options,
      model: create(),
      steps: 2,
      conversations: [long(1), ...conversations, long(4), broken],
      heldOut: [...heldOut, long(9)],
      onEvent: (event) => events.push(event),
    });
    expect(report.conversations).toBe(20);
    expect(report.skippedByReason).toEqual({ 'too-long': 2, invalid: 1 });
    expect(report.skipped.map(({ origin }) => origin)).toEqual(['a.jsonl:1', 'a.jsonl:4', 'a.jsonl:5']);
    expect(report.skippedHeldOut).toMatchObject([{ index: 1, origin: 'a.jsonl:9', reason: 'too-long' }]);
    expect(report.heldOut!.before).toBeGreaterThan(0);
    expect(warningsOf(events)).toEqual([
      "sft/conversations-skipped: 3 of 23 conversations left out: 2 too-long (a.jsonl:1: 106 positions, rows hold 64; also a.jsonl:4), 1 invalid (a.jsonl:5: Message 0 is the assistant's where the user's belongs).",
      'sft/conversations-skipped: 1 of 2 held-out conversations left out: 1 too-long (a.jsonl:9: 106 positions, rows hold 64).',
    ]);
    expect(events.at(-1)).toMatchObject({
      summary: { skipped: 3, skippedByReason: { 'too-long': 2, invalid: 1 } },
    });
    await expect(
      fineTune({ ...options, model: create(), conversations: [long(1), broken] }),
    ).rejects.toMatchObject({
      code: 'sft/no-conversations',
      message: expect.stringContaining('None of 2 conversations can be trained on: 1 too-long (a.jsonl:1'),
    });
  });

  test('a held-out list of which nothing fits measures nothing', async () => {
    const report = await fineTune({
      ...options,
      model: create(),
      steps: 1,
      heldOut: [saying('x'.repeat(99), 'a:1')],
    });
    expect(report.heldOut).toBeUndefined();
    const loss = await heldOutLoss({
      model: create(),
      renderer,
      conversations: [saying('x'.repeat(99), 'a:1'), ...heldOut],
    });
    expect(loss).toMatchObject({
      conversations: 1,
      skipped: 1,
      skippedConversations: [{ index: 0, origin: 'a:1' }],
    });
  });

  test('a prompt that leaves no room is left out of an evaluation and named', async () => {
    const events: RunEvent[] = [];
    const ask = (text: string, origin: string) => ({
      conversation: { origin, messages: [textMessage('user', text)] },
      expected: 'abc',
    });
    const model = create();
    await fineTune({ ...options, model });
    // bos, user start, user end and assistant start: 59 letters leave room for one token.
    const unfit = [
      ask('x'.repeat(60), 'p.jsonl:2'),
      { conversation: { messages: [] } },
      ask('x'.repeat(500), 'p.jsonl:9'),
    ];
    const report = await evaluateChat({
      model,
      renderer,
      prompts: [unfit[0]!, ...prompts, ask('x'.repeat(59), 'p.jsonl:3'), ...unfit.slice(1)],
      rows: 2,
      onEvent: (event) => events.push(event),
    });
    expect(report).toMatchObject({ n: 2, formatValid: 0.5, stopRate: 0.5, exactMatch: 0.5, meanLength: 2.5 });
    expect(report.skipped.map(({ index, reason, origin }) => [index, reason, origin])).toEqual([
      [0, 'too-long', 'p.jsonl:2'],
      [3, 'invalid', undefined],
      [4, 'too-long', 'p.jsonl:9'],
    ]);
    expect(warningsOf(events)).toEqual([
      'sft/prompts-skipped: 3 of 5 prompts left out: 2 too-long (p.jsonl:2: 64 tokens, the model sees 64 with its answer; also p.jsonl:9), 1 invalid (prompt 3: A prompt ends with a user message).',
    ]);
    await expect(evaluateChat({ model, renderer, prompts: unfit })).rejects.toThrow(
      /None of 3 prompts can be answered: 2 too-long \(p\.jsonl:2/,
    );
    await expect(evaluateChat({ model, renderer, prompts: [] })).rejects.toMatchObject({
      code: 'sft/no-prompts',
    });
  });
});

test('a message marked as not to be learned is not', async () => {
  const wrong = { ...textMessage('assistant', 'xyz'), trained: false };
  const model = create();
  const corrected = Array.from({ length: 20 }, (_, i) => ({
    messages: [
      textMessage('user', `say it ${i}`),
      wrong,
      textMessage('user', 'no'),
      textMessage('assistant', 'abc'),
    ],
  }));
  await fineTune({ ...options, model, conversations: corrected });
  expect(await evaluateChat({ model, renderer, prompts })).toMatchObject({ exactMatch: 1 });
  const scores = await heldOutLoss({
    model,
    renderer,
    conversations: [{ messages: [textMessage('user', 'now'), textMessage('assistant', 'xyz')] }],
  });
  // x, y and z were never a target: no likelier than when nothing was learned.
  expect(scores.loss).toBeGreaterThan(Math.log(tokenizer.vocabularySize) * 0.75);
});

test('a padded vocabulary: no row of padding is drawn in an evaluation', async () => {
  const model = new NgramModel(tokenizer.vocabularySize + 61, 64);
  const drawn: number[] = [];
  const generate: typeof model.generate = async (rows, given) => {
    const completions = await model.generate(rows, given);
    drawn.push(...completions.flatMap(({ ids }) => [...ids]));
    return completions;
  };
  const many = Array.from({ length: 20 }, () => prompts[0]!);
  await evaluateChat({
    model: Object.create(model, { generate: { value: generate } }),
    renderer,
    prompts: many,
    temperature: 1,
  });
  expect(drawn.length).toBeGreaterThan(500);
  expect(Math.max(...drawn)).toBeLessThan(tokenizer.vocabularySize);
});

test('options that are no such numbers are refused by name', async () => {
  const model = create();
  const bad = [0, -1, 1.5, Number.NaN, '4'];
  const refuse = async (run: Promise<unknown>, option: string): Promise<void> =>
    expect(run).rejects.toMatchObject({ code: 'core/option-invalid', details: { option } });
  for (const value of bad) {
    for (const option of ['rows', 'columns'])
      await refuse(fineTune({ ...options, model, [option]: value }), option);
    for (const option of ['rows', 'columns'])
      await refuse(heldOutLoss({ model, renderer, conversations, [option]: value }), option);
    for (const option of ['rows', 'maxNewTokens'])
      await refuse(evaluateChat({ model, renderer, prompts, [option]: value }), option);
  }
  for (const temperature of [Number.NaN, -1])
    await refuse(evaluateChat({ model, renderer, prompts, temperature }), 'temperature');
  await refuse(evaluateChat({ model, renderer, prompts, samples: Number.NaN }), 'samples');
  await refuse(fineTune({ ...options, model, seed: Number.NaN }), 'seed');
  await refuse(fineTune({ ...options, model, steps: 1.5 }), 'steps');
  expect(model.stepsTaken).toBe(0);
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
