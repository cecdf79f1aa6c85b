/** What a `LanguageModel` must do. */

import type { LanguageModel } from '../../contracts/language-model.js';
import { LlmError } from '../../errors.js';
import type { ContractTools } from './contract-tools.js';

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
  test('forced tokens end where the window or maxNewTokens ends', async () => {
    const model = await create();
    const forceTokens = (_: number, generated: readonly number[]) =>
      generated.length === 2 ? new Int32Array(2 * model.contextLength).fill(7) : undefined;
    const [limited] = await model.generate([prompts[1]!], { maxNewTokens: 5, seed: 2, forceTokens });
    expect([...limited!.forced]).toEqual([0, 0, 1, 1, 1]);
    expect(limited!.stopReason).toBe('length');
    const [full] = await model.generate([prompts[1]!], {
      maxNewTokens: 3 * model.contextLength,
      seed: 2,
      forceTokens,
    });
    expect(full!.ids.length).toBe(model.contextLength - 1);
    expect(full!.stopReason).toBe('context');
  });
  test('an empty prompt and one longer than the window are refused', async () => {
    const model = await create();
    const codeOf = (length: number): Promise<string> =>
      model.generate([prompts[0]!, new Int32Array(length).fill(1)], { maxNewTokens: 1 }).then(
        () => 'no error',
        (error: unknown) => (LlmError.isInstance(error) ? error.code : String(error)),
      );
    expect(await codeOf(0)).toBe('model/prompt-empty');
    expect(await codeOf(model.contextLength + 1)).toBe('model/prompt-too-long');
    expect(await codeOf(model.contextLength)).toBe('no error');
  });
  test('calls may run side by side; one that is aborted or throws leaves the others as they were', async () => {
    const model = await create();
    const options = { maxNewTokens: 6, temperature: 0 };
    const expected = await model.generate(prompts, options);
    const outcomes = await Promise.allSettled([
      model.generate(prompts, options),
      model.generate([prompts[0]!], { ...options, signal: AbortSignal.abort(new Error('stopped')) }),
      model.generate([prompts[1]!], {
        ...options,
        onToken: () => {
          throw new Error('thrown');
        },
      }),
      model.generate([prompts[2]!], options),
    ]);
    const told = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.map(({ ids }) => [...ids]) : outcome.reason.message,
    );
    const ids = expected.map((row) => [...row.ids]);
    expect(told).toEqual([ids, 'stopped', 'thrown', [ids[2]]]);
  });
}
