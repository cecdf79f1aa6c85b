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
}
