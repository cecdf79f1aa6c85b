import type { Conversation } from '@llm/core';
import { textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { createBatchSource } from './batch-source.js';
import {
  describeSkippedConversations,
  layOutRows,
  packConversations,
  renderConversations,
} from './pack-conversations.js';

const tokenizer = new ByteTokenizer(chatControlTokens);
const renderer = new TemplateRenderer(tokenizer);
const exchange = (question: string, answer: string): Conversation => ({
  messages: [textMessage('user', question), textMessage('assistant', answer)],
});

describe('layOutRows', () => {
  test("TRL's collator: the first token of every document is never a target", () => {
    // Documents [1,2,3] and [4,5] with completion masks [0,1,1] and [0,1]: labels [-100,2,3,-100,5].
    const document = (ids: number[], mask: number[]) => ({
      ids: Int32Array.from(ids),
      mask: Uint8Array.from(mask),
    });
    const batch = layOutRows([[document([1, 2, 3], [0, 1, 1]), document([4, 5], [0, 1])]], 5);
    expect([...batch.inputs]).toEqual([1, 2, 4, 0, 0]);
    expect([...batch.targets]).toEqual([2, 3, 5, 0, 0]);
    expect([...batch.weights]).toEqual([1, 1, 1, 0, 0]);
    expect([...batch.segments!]).toEqual([0, 0, 1, 2, 2]);
    expect(batch.normalizer).toBe(3);
  });
});

describe('packConversations', () => {
  const conversations = [exchange('hi', 'ho'), exchange('one', 'two'), exchange('a', 'b')];

  test('weights select exactly the assistant text and its stop token', () => {
    const packed = packConversations({ conversations, renderer, columns: 24 });
    const batch = layOutRows(
      packed.rows.map((row) => row.map((i) => packed.examples[i]!)),
      24,
    );
    const trained = batch.targets.filter((_, i) => batch.weights[i] === 1);
    expect(tokenizer.decode(trained).split('<|assistant_end|>').sort()).toEqual(['', 'b', 'ho', 'two']);
    expect(batch.normalizer).toBe(trained.length);
    const bos = tokenizer.specialTokens.get('<|bos|>');
    for (let row = 0; row < batch.rows; row++) {
      expect(batch.inputs[row * 24]).toBe(bos);
      expect(batch.weights.subarray(row * 24, (row + 1) * 24)).toContain(1);
    }
    // A new segment begins exactly where a conversation begins; a boundary never carries weight into it.
    for (let i = 1; i < 24; i++) {
      const begins = batch.segments![i] !== batch.segments![i - 1];
      if (batch.inputs[i] !== 0) expect(begins).toBe(batch.inputs[i] === bos);
    }
  });

  test('a conversation that does not fit is counted, never cut', () => {
    const long = exchange('x'.repeat(40), 'y');
    const packed = packConversations({ conversations: [...conversations, long], renderer, columns: 24 });
    expect(packed.examples.length).toBe(3);
    expect(packed.skipped).toEqual([
      {
        index: 3,
        reason: 'too-long',
        message: `${renderer.render(long).ids.length - 1} positions, rows hold 24`,
      },
    ]);
    const exact = renderer.render(long).ids.length - 1;
    expect(packConversations({ conversations: [long], renderer, columns: exact }).utilization).toBe(1);
    expect(packConversations({ conversations: [], renderer, columns: 8 })).toMatchObject({
      rows: [],
      utilization: 0,
    });
  });

  test('nothing to train on in any conversation is an error that names the first', () => {
    const silent: Conversation = { id: 'q7', origin: 'a.jsonl:3', messages: [textMessage('user', 'hello?')] };
    const pack = (...silents: Conversation[]) =>
      packConversations({ conversations: silents, renderer, columns: 24 });
    expect(() => pack(silent)).toThrow(/^q7 \(a\.jsonl:3\) has no assistant token to train on;/);
    expect(() => pack(silent, silent)).toThrow(/train on, and so it is with all 2;/);
  });

  test('one conversation that cannot be used does not end the run: it is left out with its reason', () => {
    const origin = (line: number) => ({ origin: `a.jsonl:${line}` });
    const silent = { messages: [textMessage('user', 'hello?')], ...origin(1) };
    const twice = { messages: [textMessage('user', 'a'), textMessage('user', 'b')], ...origin(2) };
    const unlearned = {
      messages: [textMessage('user', 'a'), { ...textMessage('assistant', 'b'), trained: false }],
      ...origin(3),
    };
    const foreign = exchange('\u{1f600}', 'ok');
    const given = [silent, exchange('hi', 'ho'), twice, unlearned, foreign];
    const { examples, skipped } = renderConversations({ conversations: given, renderer, columns: 24 });
    expect(examples.length).toBe(2);
    expect(skipped.map(({ index, reason, origin: place }) => [index, reason, place])).toEqual([
      [0, 'untrained', 'a.jsonl:1'],
      [2, 'invalid', 'a.jsonl:2'],
      [3, 'untrained', 'a.jsonl:3'],
    ]);
    expect(describeSkippedConversations(skipped)).toBe(
      '2 untrained (a.jsonl:1: it has no assistant token to train on; also a.jsonl:3), ' +
        "1 invalid (a.jsonl:2: Message 1 is the user's where the assistant's belongs)",
    );
    // A model with fewer ids than the tokenizer: 266 is the last control token.
    const narrow = renderConversations({ conversations: given, renderer, columns: 24, vocabularySize: 262 });
    expect(narrow.examples).toEqual([]);
    expect(narrow.skipped[1]).toMatchObject({
      index: 1,
      reason: 'invalid',
      message: 'it holds the id 262, the model has 262 ids',
    });
  });
});

describe('createBatchSource', () => {
  const conversations = Array.from({ length: 37 }, (_, i) => exchange('q'.repeat(i % 9), `answer ${i}`));
  const { examples } = renderConversations({ conversations, renderer, columns: 64 });
  const source = createBatchSource({ examples, rows: 3, columns: 64, seed: 5 });
  const answers = (step: number): string[] => {
    const { targets, weights } = source.batch(step);
    return tokenizer
      .decode(targets.filter((_, i) => weights[i] === 1))
      .split('<|assistant_end|>')
      .slice(0, -1);
  };

  test('an epoch shows every conversation once, the next one in another order', () => {
    // Three epochs of rows are a whole number of batches of three.
    const seen = Array.from({ length: source.rowsPerEpoch }, (_, step) => answers(step)).flat();
    expect(seen.length).toBe(3 * 37);
    for (let i = 0; i < 37; i++) expect(seen.filter((answer) => answer === `answer ${i}`).length).toBe(3);
    expect(seen.slice(0, 37)).not.toEqual(seen.slice(37, 74));
  });

  test('a step is the same whichever steps were asked before, and another seed differs', () => {
    const ninth = source.batch(9);
    source.batch(30);
    expect(source.batch(9)).toEqual(ninth);
    const other = createBatchSource({ examples, rows: 3, columns: 64, seed: 6 });
    expect(other.batch(9)).not.toEqual(ninth);
  });

  test('nothing to draw from is an error', () => {
    expect(() => createBatchSource({ examples: [], rows: 1, columns: 8, seed: 0 })).toThrow(
      /nothing to train on/,
    );
  });
});
