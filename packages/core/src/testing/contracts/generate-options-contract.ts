/**
 * What `LanguageModel.generate` must do with its options: refuse
 * what is no such number, and draw no id that has no meaning.
 */

import type { GenerateOptions, LanguageModel } from '../../contracts/language-model.js';
import { LlmError } from '../../errors.js';
import type { ContractTools } from './contract-tools.js';

const refused: readonly (Partial<GenerateOptions> & { readonly option: string })[] = [
  { option: 'maxNewTokens', maxNewTokens: Number.NaN },
  { option: 'maxNewTokens', maxNewTokens: -1 },
  { option: 'maxNewTokens', maxNewTokens: 1.5 },
  { option: 'temperature', temperature: Number.NaN },
  { option: 'temperature', temperature: -1 },
  { option: 'temperature', temperature: Number.POSITIVE_INFINITY },
  { option: 'topK', topK: -1 },
  { option: 'topK', topK: 2.5 },
  { option: 'topP', topP: Number.NaN },
  { option: 'topP', topP: 1.5 },
  { option: 'topP', topP: -0.1 },
  { option: 'seed', seed: Number.NaN },
  { option: 'topLogProbabilities', topLogProbabilities: 0.5 },
  { option: 'vocabularySize', vocabularySize: 0 },
  { option: 'stopTokens[0]', stopTokens: [undefined as unknown as number] },
  { option: 'frequencyPenalty', frequencyPenalty: 2.1 },
  { option: 'presencePenalty', presencePenalty: Number.NaN },
  { option: 'an id of logitBias', logitBias: new Map([[-1, 1]]) },
  { option: 'an id of logitBias', logitBias: new Map([[2 ** 40, 1]]) },
  { option: 'logitBias[3]', logitBias: new Map([[3, Number.NaN]]) },
];

/** `create` makes a model whose vocabulary has at least 8 ids. */
export function generateOptionsContract(
  { test, expect }: ContractTools,
  create: () => Promise<LanguageModel> | LanguageModel,
): void {
  const prompts = [Int32Array.of(1, 2, 3), Int32Array.of(4)];
  test('an option out of range is refused by its name', async () => {
    const model = await create();
    for (const { option, ...options } of refused) {
      const outcome = await model.generate(prompts, { maxNewTokens: 2, ...options }).then(
        () => 'no error',
        (error: unknown) => (LlmError.isInstance(error) ? [error.code, error.details.option] : String(error)),
      );
      expect(outcome, JSON.stringify(options)).toEqual(['core/option-invalid', option]);
    }
  });
  test('no id is drawn or reported that lies beyond the vocabulary asked for', async () => {
    const model = await create();
    const vocabularySize = 5;
    for (const sampling of [
      { temperature: 0 },
      { temperature: 1 },
      { temperature: 2, topK: 7 },
      { topP: 0.9 },
    ]) {
      const rows = await model.generate(
        Array.from({ length: 8 }, () => Int32Array.of(3)),
        { maxNewTokens: 6, seed: 4, topLogProbabilities: 8, vocabularySize, ...sampling },
      );
      for (const { ids, topLogProbabilities } of rows)
        for (const id of [...ids, ...topLogProbabilities!.flat().map((top) => top.id)])
          expect(id).toBeLessThan(vocabularySize);
    }
    const [whole, larger] = await Promise.all(
      [model.vocabularySize, model.vocabularySize + 64].map((size) =>
        model.generate(prompts, { maxNewTokens: 6, seed: 4, vocabularySize: size }),
      ),
    );
    expect(larger!.map(({ ids }) => [...ids])).toEqual(whole!.map(({ ids }) => [...ids]));
  });
  test('log-probabilities stay those of the whole softmax', async () => {
    const model = await create();
    const [row] = await model.generate([prompts[0]!], { maxNewTokens: 1, seed: 4, vocabularySize: 5 });
    const inputs = prompts[0]!;
    const targets = Int32Array.of(2, 3, row!.ids[0]!);
    const scores = await model.logProbabilities({ rows: 1, columns: 3, inputs, targets });
    expect(Math.abs(row!.logProbabilities[0]! - scores[2]!)).toBeLessThan(1e-3);
  });
  test('a temperature that is nearly 0 is greedy', async () => {
    const model = await create();
    const rows = await model.generate(prompts, {
      maxNewTokens: 5,
      seed: 4,
      temperature: 1e-40,
      topLogProbabilities: 1,
    });
    for (const { logProbabilities, topLogProbabilities } of rows)
      for (const [i, [best]] of topLogProbabilities!.entries())
        expect(Math.abs(logProbabilities[i]! - best!.logProbability)).toBeLessThan(1e-5);
  });
  test('a bias of 100 decides, whatever the sampling; log-probabilities stay the model’s own', async () => {
    const model = await create();
    for (const sampling of [{ temperature: 0 }, { seed: 3 }, { topP: 0.5, seed: 2 }]) {
      const bias = { logitBias: new Map([[5, 100]]) };
      const [row] = await model.generate([prompts[0]!], { maxNewTokens: 2, ...sampling, ...bias });
      expect([...row!.ids]).toEqual([5, 5]);
      const inputs = Int32Array.of(1, 2, 3, 5);
      const targets = Int32Array.of(2, 3, 5, 5);
      const scores = await model.logProbabilities({ rows: 1, columns: 4, inputs, targets });
      for (const i of [0, 1]) expect(Math.abs(row!.logProbabilities[i]! - scores[2 + i]!)).toBeLessThan(1e-3);
    }
  });
  test('greedy tokens are the most likely ones after OpenAI’s penalties on generated tokens', async () => {
    const model = await create();
    const size = model.vocabularySize;
    for (const penalties of [{ frequencyPenalty: 1.5 }, { presencePenalty: 2 }, { frequencyPenalty: -2 }]) {
      const { frequencyPenalty = 0, presencePenalty = 0 } = penalties;
      const options = { maxNewTokens: 6, temperature: 0, ...penalties };
      const [row] = await model.generate([prompts[1]!], options);
      for (const [i, id] of row!.ids.entries()) {
        const all = [...prompts[1]!, ...row!.ids.subarray(0, i)];
        const inputs = Int32Array.from({ length: size * all.length }, (_, at) => all[at % all.length]!);
        const targets = inputs.map((_, at) => Math.floor(at / all.length));
        const scores = await model.logProbabilities({ rows: size, columns: all.length, inputs, targets });
        const penalized = Array.from({ length: size }, (_, token) => {
          const count = row!.ids.subarray(0, i).filter((other) => other === token).length;
          const penalty = count * frequencyPenalty + (count > 0 ? presencePenalty : 0);
          return scores[(token + 1) * all.length - 1]! - penalty;
        });
        expect(Math.abs(penalized[id]! - Math.max(...penalized))).toBeLessThan(1e-3);
      }
    }
  });
  test('only allowed ids are drawn; allowedTokens is called before each draw with the ids so far', async () => {
    const model = await create();
    for (const sampling of [{ temperature: 0 }, { seed: 3, temperature: 2 }, { topK: 3, seed: 2 }]) {
      const calls: string[] = [];
      const rows = await model.generate(prompts, {
        maxNewTokens: 4,
        ...sampling,
        allowedTokens: (row, generated) => {
          calls.push(`${row}: ${generated.join(' ')}`);
          if (generated.length === 2) return undefined;
          const mask = new Uint32Array(Math.ceil(model.vocabularySize / 32));
          mask[0] = generated.length === 1 ? 1 << 6 : (1 << 2) | (1 << 7);
          return mask;
        },
      });
      for (const [row, { ids }] of rows.entries()) {
        expect([2, 7].includes(ids[0]!) && [2, 7].includes(ids[3]!)).toBe(true);
        expect(ids[1]).toBe(6);
        const own = calls.filter((call) => call.startsWith(`${row}:`));
        expect(own).toEqual([0, 1, 2, 3].map((length) => `${row}: ${ids.subarray(0, length).join(' ')}`));
      }
    }
  });
  test('a mask that allows nothing, or says nothing about some ids, is an error by name', async () => {
    const model = await create();
    const words = Math.ceil(model.vocabularySize / 32);
    for (const [length, code] of [
      [words, 'model/no-token-allowed'],
      [words - 1, 'model/token-mask-too-short'],
    ] as const) {
      const options = { maxNewTokens: 2, allowedTokens: () => new Uint32Array(length) };
      const outcome = await model.generate(prompts, options).then(
        () => 'no error',
        (error: unknown) => (LlmError.isInstance(error) ? error.code : String(error)),
      );
      expect(outcome).toBe(code);
    }
  });
}
