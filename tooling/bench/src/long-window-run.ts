/**
 * `long-window-run.ts OPTIONS`: one process that trains or reads one long window and prints what it took as
 * JSON. A process of its own, because the peak of resident memory is that of a process.
 */
import { createRandom } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createModelConfig, createTransformer, type MemoryOption } from '@llm/model';

export interface LongWindowOptions {
  readonly task: 'train' | 'score' | 'generate';
  readonly columns: number;
  readonly depth: number;
  readonly width: number;
  readonly vocabularySize: number;
  /** Steps of training; the first is not in the times. */
  readonly steps: number;
  readonly memory?: MemoryOption | undefined;
  readonly threads: number;
}

export interface LongWindowResult {
  readonly losses: readonly number[];
  /** Per step, or for the whole text. */
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakMegabytes: number;
}

async function measure(options: LongWindowOptions): Promise<LongWindowResult> {
  const { columns, depth, width, vocabularySize, threads, memory } = options;
  const config = createModelConfig({ depth, width, headWidth: 64, vocabularySize, contextLength: columns });
  const model = await createTransformer({
    config,
    executor: createNodeExecutor({ threads, memory: 'compact' }),
    optimizer: adamW(),
    ...(memory ? { memory } : {}),
  });
  // Rare and frequent tokens, so that there is something to learn at once.
  const random = createRandom(1, 'long-window');
  const inputs = Int32Array.from({ length: columns }, () =>
    Math.floor(random.uniform() ** 3 * vocabularySize),
  );
  const targets = Int32Array.from(inputs, (_, i) => inputs[(i + 1) % columns]!);
  const batch = { rows: 1, columns, inputs, targets };
  const losses: number[] = [];
  const seconds: number[] = [];
  const processorSeconds: number[] = [];
  const timed = async (work: () => Promise<number>): Promise<void> => {
    const [begun, used] = [performance.now(), process.cpuUsage()];
    losses.push(await work());
    const { user, system } = process.cpuUsage(used);
    seconds.push((performance.now() - begun) / 1000);
    processorSeconds.push((user + system) / 1e6);
  };
  if (options.task === 'train') {
    const weights = new Float32Array(columns).fill(1);
    for (let step = 0; step < options.steps; step++)
      await timed(
        async () =>
          (await model.trainStep({ ...batch, weights, normalizer: columns }, { learningRate: 1e-3 })).loss,
      );
  } else if (options.task === 'score') {
    await timed(async () => {
      const scores = await model.logProbabilities(batch);
      return -scores.reduce((sum, score) => sum + score, 0) / columns;
    });
  } else {
    await timed(async () => {
      const prompt = inputs.subarray(0, columns - 8);
      const [completion] = await model.generate([prompt], { maxNewTokens: 8, temperature: 0 });
      return -completion!.logProbabilities.reduce((sum, score) => sum + score, 0) / 8;
    });
  }
  await model.dispose();
  const best = (values: readonly number[]): number =>
    Math.min(...(values.length > 1 ? values.slice(1) : values));
  return {
    losses,
    seconds: best(seconds),
    processorSeconds: best(processorSeconds),
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

const [argument] = process.argv.slice(2);
if (argument !== undefined)
  console.log(JSON.stringify(await measure(JSON.parse(argument) as LongWindowOptions)));
