/** What a `TrainableModel` must do. */
import type { TokenBatch, TrainableModel } from '../../contracts/trainable-model.js';
import type { ContractTools } from './contract-tools.js';

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
