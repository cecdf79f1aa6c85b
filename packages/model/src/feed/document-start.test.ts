/** Tokenizers that are not ours: what begins a document has another name, or nothing does. */
import { createRandom, type Tokenizer } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { bitsPerByte } from '../evaluation/bits-per-byte.js';
import { evaluate } from '../evaluation/evaluate.js';
import { arc } from '../evaluation/tasks/arc.js';
import { blimp } from '../evaluation/tasks/blimp.js';
import { gsm8k } from '../evaluation/tasks/gsm8k.js';
import { heldOutText } from '../evaluation/tasks/held-out-text.js';
import { lambada } from '../evaluation/tasks/lambada.js';
import { pretrain } from '../training/pretrain.js';
import { createTransformer } from '../transformer.js';
import { PackedBatchFeed } from './batch-feed.js';
import { bosTokenOf, documentEnds } from './bos-token.js';
import { documentsInMemory } from './token-documents.js';

const withSpecials = (...texts: string[]): Tokenizer => new ByteTokenizer(texts);

test.each([
  [['<|bos|>', '<|endoftext|>'], 256],
  [['<|endoftext|>'], 256], // GPT-2, tiktoken
  [['<|endoftext|>', '<|im_start|>', '<|im_end|>'], 256], // Qwen
  [['<unk>', '<s>', '</s>'], 257], // Llama 1 and 2, Mistral
  [['<|end_of_text|>', '<|begin_of_text|>'], 257], // Llama 3
  [['<pad>', '<eos>', '<bos>'], 258], // Gemma
  [['<｜end▁of▁sentence｜>', '<｜begin▁of▁sentence｜>'], 257], // DeepSeek
  [['<|im_end|>'], null],
  [[], null],
])('%j begins a document with %j', (texts, expected) => {
  const tokenizer = withSpecials(...texts);
  expect(bosTokenOf(tokenizer, {})).toBe(expected);
  expect(bosTokenOf(tokenizer, { bosToken: null })).toBe(null);
  expect(bosTokenOf(tokenizer, { bosToken: 10 })).toBe(10);
  for (const bosToken of [-1, 1.5, Number.NaN, 256 + texts.length])
    expect(() => bosTokenOf(tokenizer, { bosToken })).toThrow(`bosToken is ${bosToken}`);
});

test('a document ends where the next begins, or at a token that says so', () => {
  const tokenizer = withSpecials('<|begin_of_text|>', '<|end_of_text|>');
  expect(documentEnds(tokenizer, 256)).toEqual([256, 257]);
  expect(documentEnds(withSpecials('<|endoftext|>'), 256)).toEqual([256]);
  expect(documentEnds(withSpecials(), null)).toEqual([]);
});

describe('without a beginning', () => {
  const random = createRandom(5);
  const columns = 12;
  // Every token of every document is another number.
  let next = 1;
  const documents = Array.from({ length: 80 }, (_, i) =>
    Int32Array.from({ length: i % 9 === 0 ? 10 + random.integer(70) : random.integer(14) }, () => next++),
  );
  const before = new Map(
    documents.flatMap((ids) => [...ids].slice(1).map((id, i) => [id, ids[i]!] as const)),
  );

  test.each([1000, 5, 1])(
    'every token but the first of a document is a target once, lookahead %d',
    (lookahead) => {
      const feed = new PackedBatchFeed(documentsInMemory(documents), {
        rows: 1,
        columns,
        seed: 2,
        bosToken: null,
        lookahead,
        separateDocuments: true,
      });
      const seen = new Map<number, number>();
      while (feed.position.epoch === 0) {
        const { batch } = feed.read();
        if (feed.position.epoch > 0) break;
        let weight = 0;
        for (const [i, target] of batch.targets.entries()) {
          weight += batch.weights[i]!;
          if (batch.weights[i] === 0) continue;
          expect(batch.inputs[i]).toBe(before.get(target));
          seen.set(target, (seen.get(target) ?? 0) + 1);
          if (i > 0) expect(batch.segments![i] === batch.segments![i - 1]).toBe(batch.weights[i - 1] === 1);
        }
        expect(batch.normalizer).toBe(Math.max(1, weight));
      }
      expect([...seen.keys()].sort((a, b) => a - b)).toEqual([...before.keys()]);
      expect(new Set(seen.values())).toEqual(new Set([1]));
    },
  );
});

test.each([[['<|endoftext|>']], [['<s>', '</s>']], [[]]])(
  'a tokenizer with the special tokens %j is trained with, measured and evaluated',
  async (texts) => {
    const tokenizer = withSpecials(...texts);
    const { vocabularySize } = tokenizer;
    const config = createModelConfig({ depth: 1, width: 32, heads: 2, vocabularySize, contextLength: 64 });
    const model = await createTransformer({ config, executor: createNodeExecutor({ threads: 1 }), seed: 1 });
    const documents = ['The cat sat on the mat.', 'The dog sat on the log.'];
    const schedule = { shape: 'constant', peak: 1e-2, steps: 60 } as const;
    const options = { model, tokenizer, documents, heldOut: documents, schedule };
    const report = await pretrain({ ...options, steps: 60, rows: 4, columns: 32 });
    expect(report.bitsPerByte).toBeLessThan(1);
    const bits = await bitsPerByte(model, tokenizer, documents);
    expect(bits).toBeCloseTo(report.bitsPerByte!, 4);
    const held = await evaluate(
      model,
      tokenizer,
      heldOutText,
      documents.map((text) => ({ text })),
    );
    expect(held.measures.bitsPerByte!.mean).toBeCloseTo(bits, 4);
    // By hand: bytes that are predicted, each from those before it.
    const lead = texts.length > 0 ? [256] : [];
    let nats = 0;
    let bytes = 0;
    for (const text of documents) {
      const ids = [...lead, ...tokenizer.encode(text)];
      const inputs = Int32Array.from(ids.slice(0, -1));
      const targets = Int32Array.from(ids.slice(1));
      const scores = await model.logProbabilities({ rows: 1, columns: inputs.length, inputs, targets });
      nats -= scores.reduce((a, b) => a + b, 0);
      bytes += targets.length;
    }
    expect(bits).toBeCloseTo(nats / (Math.LN2 * bytes), 4);
    const sentences = [{ sentence_good: documents[0], sentence_bad: 'tac ehT', UID: 'x' }];
    expect((await evaluate(model, tokenizer, blimp, sentences)).measures.accuracy!.mean).toBe(1);
    const questions = [
      { question: 'The cat', choices: { text: ['sat', 'xyz'], label: ['A', 'B'] }, answerKey: 'A' },
    ];
    await evaluate(model, tokenizer, arc, questions);
    const last = [{ text: 'The cat sat on the mat' }];
    expect((await evaluate(model, tokenizer, lambada, last)).n).toBe(1);
    const sums = [{ question: '1+1?', answer: '#### 2' }];
    expect((await evaluate(model, tokenizer, gsm8k, sums, { shots: 0, maxNewTokens: 8 })).n).toBe(1);
    await model.dispose();
  },
);
