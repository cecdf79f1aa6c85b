/**
 * Contract suites: what every implementation of an interface must do, the fakes included. They take the
 * test runner's `test` and `expect`, so this package depends on none:
 *
 *     tokenizerContract({ test, expect }, () => new ByteTokenizer());
 */
import type { ArtifactStore } from '../artifact-store.js';
import type { Conversation, ConversationRenderer } from '../conversation.js';
import { textMessage } from '../conversation.js';
import { LlmError } from '../errors.js';
import type { LanguageModel } from '../language-model.js';
import type { Tokenizer } from '../tokenizer.js';
import type { TokenBatch, TrainableModel } from '../trainable-model.js';

interface Matchers {
  toEqual(expected: unknown): void;
  toBe(expected: unknown): void;
  toBeLessThan(expected: number): void;
  toBeLessThanOrEqual(expected: number): void;
  toBeGreaterThanOrEqual(expected: number): void;
}

export interface ContractTools {
  test(name: string, body: () => Promise<void> | void): unknown;
  expect(actual: unknown, message?: string): Matchers;
}

const texts = [
  '',
  'hello world',
  '  two  spaces\n\n\tand tabs\r\n',
  'naïve café — “quotes” … 12345 3.14',
  'Привет мир, 你好世界, مرحبا, 👩‍👩‍👧‍👦 🇪🇺',
  '<|bos|><|endoftext|> is text here',
  '\ufeffbyte order mark, \u0085 next line, \u0000 null',
];

export function tokenizerContract({ test, expect }: ContractTools, create: () => Tokenizer): void {
  test('decode(encode(text)) is text, and its bytes are the UTF-8 bytes', () => {
    const tokenizer = create();
    for (const text of texts) {
      const ids = tokenizer.encode(text);
      expect(tokenizer.decode(ids)).toBe(text);
      expect([...tokenizer.decodeBytes(ids)]).toEqual([...new TextEncoder().encode(text)]);
    }
  });
  test('byteLength adds up to the bytes of the text', () => {
    const tokenizer = create();
    for (const text of texts) {
      const total = tokenizer.encode(text).reduce((sum, id) => sum + tokenizer.byteLength(id), 0);
      expect(total).toBe(new TextEncoder().encode(text).length);
    }
  });
  test('text never becomes a special token, and every id is below vocabularySize', () => {
    const tokenizer = create();
    for (const [text, special] of tokenizer.specialTokens) {
      const ids = tokenizer.encode(`a${text}b`);
      expect(ids.includes(special)).toBe(false);
      expect(special).toBeLessThan(tokenizer.vocabularySize);
      for (const id of ids) expect(id).toBeLessThan(tokenizer.vocabularySize);
    }
  });
}

const conversation: Conversation = {
  messages: [
    textMessage('system', 'Be brief.'),
    textMessage('user', 'What is 12+30?'),
    {
      role: 'assistant',
      parts: [
        { type: 'tool-call', tool: 'calculator', input: '12+30' },
        { type: 'tool-output', text: '42' },
        { type: 'text', text: 'It is 42.' },
      ],
    },
    textMessage('user', 'Say <|assistant_end|> now'),
    textMessage('assistant', 'No.'),
  ],
};

export function conversationRendererContract(
  { test, expect }: ContractTools,
  create: () => { renderer: ConversationRenderer; tokenizer: Tokenizer },
): void {
  test('mask covers exactly what the assistant says, its stop token included', () => {
    const { renderer, tokenizer } = create();
    const { ids, mask } = renderer.render(conversation);
    const trained = ids.filter((_, i) => mask[i] === 1);
    expect(trained.filter((id) => id === renderer.stopToken).length).toBe(2);
    expect(new TextDecoder().decode(tokenizer.decodeBytes(trained))).toBe('calculator 12+30It is 42.No.');
  });
  test('user text never becomes a control token', () => {
    const { renderer } = create();
    const { ids } = renderer.render(conversation);
    expect(ids.filter((id) => id === renderer.stopToken).length).toBe(2);
  });
  test('a prompt is the prefix of the rendered conversation, and parse undoes render', () => {
    const { renderer } = create();
    const { ids } = renderer.render({ messages: conversation.messages.slice(0, 3) });
    const prompt = renderer.renderPrompt({ messages: conversation.messages.slice(0, 2) });
    expect([...ids.slice(0, prompt.length)]).toEqual([...prompt]);
    const parsed = renderer.parse(ids.slice(prompt.length));
    expect(parsed).toEqual({ parts: conversation.messages[2]!.parts, wellFormed: true });
  });
  test('a cut completion is not well formed', () => {
    const { renderer } = create();
    const { ids } = renderer.render({ messages: conversation.messages.slice(0, 3) });
    const prompt = renderer.renderPrompt({ messages: conversation.messages.slice(0, 2) });
    expect(renderer.parse(ids.slice(prompt.length, -1)).wellFormed).toBe(false);
  });
  test('openToolCall sees a call exactly when it closes, and the forced output parses back', () => {
    const { renderer } = create();
    const { ids } = renderer.render({ messages: conversation.messages.slice(0, 3) });
    const prompt = renderer.renderPrompt({ messages: conversation.messages.slice(0, 2) });
    const generated = [...ids.slice(prompt.length)];
    const found = generated.map((_, i) => renderer.openToolCall(generated.slice(0, i + 1)));
    const calls = found.filter((call) => call !== undefined);
    expect(calls).toEqual([{ type: 'tool-call', tool: 'calculator', input: '12+30' }]);
    const output = [...renderer.renderToolOutput('42')];
    const after = found.findIndex((call) => call !== undefined) + 1;
    expect(generated.slice(after, after + output.length)).toEqual(output);
  });
}

export function artifactStoreContract(
  { test, expect }: ContractTools,
  create: () => Promise<ArtifactStore> | ArtifactStore,
): void {
  test('reads back what was written, lists by prefix in order, deletes', async () => {
    const store = await create();
    await store.write('b/2', Uint8Array.of(2));
    await store.write('b/10', Uint8Array.of(10));
    await store.write('a', Uint8Array.of(1));
    await store.write('a', Uint8Array.of(3));
    expect([...(await store.read('a'))]).toEqual([3]);
    expect(await store.list('b/')).toEqual(['b/10', 'b/2']);
    expect(await store.has('a')).toBe(true);
    await store.delete('a');
    await store.delete('a');
    expect(await store.has('a')).toBe(false);
  });
  test('a part is the part of the whole, and ends where the blob ends', async () => {
    const store = await create();
    await store.write('a', Uint8Array.of(1, 2, 3, 4, 5));
    if (store.size) expect(await store.size('a')).toBe(5);
    if (store.readRange === undefined) return;
    expect([...(await store.readRange('a', 1, 3))]).toEqual([2, 3]);
    expect([...(await store.readRange('a', 3, 99))]).toEqual([4, 5]);
    expect([...(await store.readRange('a', 9, 99))]).toEqual([]);
  });
  test('a missing key and an escaping key are typed errors', async () => {
    const store = await create();
    const codeOf = (work: () => Promise<unknown>): Promise<string> =>
      Promise.resolve()
        .then(work)
        .then(
          () => 'no error',
          (error: unknown) => (LlmError.isInstance(error) ? error.code : String(error)),
        );
    expect(await codeOf(() => store.read('nothing'))).toBe('core/artifact-missing');
    if (store.size) expect(await codeOf(() => store.size!('nothing'))).toBe('core/artifact-missing');
    if (store.readRange)
      expect(await codeOf(() => store.readRange!('nothing', 0, 1))).toBe('core/artifact-missing');
    expect(await codeOf(() => store.write('../x', Uint8Array.of(1)))).toBe('core/artifact-key-invalid');
    expect(await codeOf(() => store.read('/etc/passwd'))).toBe('core/artifact-key-invalid');
  });
}

/** `create` makes a model whose vocabulary has at least 8 ids. */
export function languageModelContract(
  { test, expect }: ContractTools,
  create: () => Promise<LanguageModel> | LanguageModel,
): void {
  const prompts = [Int32Array.of(1, 2, 3), Int32Array.of(4), Int32Array.of(5, 6)];
  test('log-probabilities of all targets sum to one', async () => {
    const model = await create();
    const size = model.vocabularySize;
    const inputs = new Int32Array(size).fill(3);
    const scores = await model.logProbabilities({
      rows: size,
      columns: 1,
      inputs,
      targets: inputs.map((_, i) => i),
    });
    expect(Math.abs(scores.reduce((sum, score) => sum + Math.exp(score), 0) - 1)).toBeLessThan(1e-4);
  });
  test('the same seed gives the same tokens, in the order of the prompts', async () => {
    const model = await create();
    const first = await model.generate(prompts, { maxNewTokens: 6, seed: 7 });
    const second = await model.generate(prompts, { maxNewTokens: 6, seed: 7 });
    expect(first.map((row) => [...row.ids])).toEqual(second.map((row) => [...row.ids]));
    expect(first.length).toBe(3);
  });
  test('reported log-probabilities are those of a teacher-forced pass', async () => {
    const model = await create();
    for (const [row, completion] of (await model.generate(prompts, { maxNewTokens: 5, seed: 3 })).entries()) {
      const all = [...prompts[row]!, ...completion.ids];
      const inputs = Int32Array.from(all.slice(0, -1));
      const targets = Int32Array.from(all.slice(1));
      const scores = await model.logProbabilities({ rows: 1, columns: inputs.length, inputs, targets });
      for (let i = 0; i < completion.ids.length; i++) {
        const expected = scores[prompts[row]!.length - 1 + i]!;
        expect(Math.abs(completion.logProbabilities[i]! - expected)).toBeLessThan(1e-3);
      }
    }
  });
  test('greedy tokens are the most likely ones, stop tokens end a row, the window ends it too', async () => {
    const model = await create();
    const [greedy] = await model.generate([prompts[0]!], { maxNewTokens: 1, temperature: 0 });
    const size = model.vocabularySize;
    const columns = prompts[0]!.length;
    const inputs = Int32Array.from({ length: size * columns }, (_, i) => prompts[0]![i % columns]!);
    const targets = Int32Array.from({ length: size * columns }, (_, i) => Math.floor(i / columns));
    const scores = await model.logProbabilities({ rows: size, columns, inputs, targets });
    const last = Array.from({ length: size }, (_, token) => scores[token * columns + columns - 1]!);
    expect(last[greedy!.ids[0]!]).toBe(Math.max(...last));
    const [stopped] = await model.generate([prompts[0]!], {
      maxNewTokens: 9,
      temperature: 0,
      stopTokens: [greedy!.ids[0]!],
    });
    expect([...stopped!.ids]).toEqual([greedy!.ids[0]!]);
    expect(stopped!.stopReason).toBe('stop');
    const [full] = await model.generate([prompts[0]!], { maxNewTokens: model.contextLength + 5, seed: 1 });
    expect(full!.stopReason).toBe('context');
    expect(full!.ids.length + prompts[0]!.length).toBe(model.contextLength);
  });
  test('the most likely tokens are reported where asked for, with their log-probabilities', async () => {
    const model = await create();
    const count = 3;
    const prompt = prompts[2]!;
    const [plain] = await model.generate([prompt], { maxNewTokens: 4, seed: 2 });
    expect(plain!.topLogProbabilities).toBe(undefined);
    const [row] = await model.generate([prompt], {
      maxNewTokens: 4,
      temperature: 0.5,
      topLogProbabilities: count,
      forceTokens: (_, generated) => (generated.length === 1 ? [7] : undefined),
    });
    const all = [...prompt, ...row!.ids];
    const size = model.vocabularySize;
    expect(row!.topLogProbabilities!.map((top) => top.length)).toEqual([count, 0, count, count]);
    for (const [i, top] of row!.topLogProbabilities!.entries()) {
      if (row!.forced[i] === 1) continue;
      const columns = prompt.length + i;
      const scores = await model.logProbabilities({
        rows: size,
        columns,
        inputs: Int32Array.from({ length: size * columns }, (_, at) => all[at % columns]!),
        targets: Int32Array.from({ length: size * columns }, (_, at) => Math.floor(at / columns)),
      });
      const last = Array.from({ length: size }, (_, token) => scores[token * columns + columns - 1]!);
      const best = [...last].sort((a, b) => b - a);
      for (const [rank, { id, logProbability }] of top.entries()) {
        expect(Math.abs(logProbability - best[rank]!)).toBeLessThan(1e-3);
        expect(Math.abs(logProbability - last[id]!)).toBeLessThan(1e-3);
      }
    }
  });
  test('forced tokens are appended and marked', async () => {
    const model = await create();
    const [row] = await model.generate([prompts[1]!], {
      maxNewTokens: 6,
      seed: 2,
      forceTokens: (_, generated) => (generated.length === 2 ? [7, 6] : undefined),
    });
    expect([...row!.forced]).toEqual([0, 0, 1, 1, 0, 0]);
    expect([...row!.ids.slice(2, 4)]).toEqual([7, 6]);
    expect([...row!.logProbabilities.slice(2, 4)]).toEqual([0, 0]);
  });
}

export function trainableModelContract(
  { test, expect }: ContractTools,
  create: () => Promise<TrainableModel> | TrainableModel,
  learningRate: number,
): void {
  const batch: TokenBatch = {
    rows: 2,
    columns: 4,
    inputs: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 1),
    targets: Int32Array.of(2, 3, 4, 5, 6, 7, 1, 2),
    weights: new Float32Array(8).fill(1),
    normalizer: 8,
  };
  test('loss falls on one batch', async () => {
    const model = await create();
    const first = await model.trainStep(batch, { learningRate });
    let last = first;
    for (let step = 0; step < 30; step++) last = await model.trainStep(batch, { learningRate });
    expect(last.loss).toBeLessThan(first.loss * 0.8);
    expect(model.stepsTaken).toBe(31);
    await model.dispose();
  });
  test('zero weights leave the parameters where they are when nothing else moves them', async () => {
    const model = await create();
    const result = await model.trainStep({ ...batch, weights: new Float32Array(8) }, { learningRate: 0 });
    expect(result.loss).toBe(0);
    expect(result.gradientNorm).toBe(0);
    await model.dispose();
  });
  test('two batches of one row are the same step as one of two', async () => {
    const row = (first: number): TokenBatch => ({
      ...batch,
      rows: 1,
      inputs: batch.inputs.slice(first, first + 4),
      targets: batch.targets.slice(first, first + 4),
      weights: batch.weights.slice(first, first + 4),
    });
    const [whole, parts] = [await create(), await create()];
    for (let step = 0; step < 2; step++) {
      const expected = await whole.trainStep(batch, { learningRate });
      const actual = await parts.trainStep([row(0), row(4)], { learningRate });
      expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(1e-5);
      expect(Math.abs(actual.gradientNorm - expected.gradientNorm)).toBeLessThan(1e-5);
    }
    await whole.dispose();
    await parts.dispose();
  });
  test('restore(snapshot) continues to the bit', async () => {
    const model = await create();
    for (let step = 0; step < 3; step++) await model.trainStep(batch, { learningRate });
    const snapshot = await model.snapshot();
    const expected = [
      (await model.trainStep(batch, { learningRate })).loss,
      (await model.trainStep(batch, { learningRate })).loss,
    ];
    const resumed = await create();
    await resumed.restore(snapshot);
    expect(resumed.stepsTaken).toBe(3);
    const actual = [
      (await resumed.trainStep(batch, { learningRate })).loss,
      (await resumed.trainStep(batch, { learningRate })).loss,
    ];
    expect(actual).toEqual(expected);
    await model.dispose();
    await resumed.dispose();
  });
}
