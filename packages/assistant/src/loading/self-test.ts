/**
 * Whether the executor computes what it should, before anybody talks to the model. A slice of the model, its
 * first layer at full width with a sample of the vocabulary, generates two tokens on the executor (reading a
 * prompt, then one token with the cache, by the graphs that answers are made with), and each score is
 * compared with the reference interpreter's. That takes a quarter of a second for a model of 135 M
 * parameters, and shows a kernel that is wrong for these shapes and numbers: transposed, overflowing, masked
 * or rotated wrongly. It does not show what only deeper layers or the whole vocabulary bring about.
 */
import { LlmError } from '@llm/core';
import { type Executor, referenceExecutor } from '@llm/graph';
import {
  createTransformer,
  type ModelConfig,
  parameterLayout,
  type Transformer,
  type WeightTensor,
} from '@llm/model';
import { floatsOf } from './weight-types.js';

/** Ids of the slice, spread over the vocabulary. */
const sampledIds = 64;
/** Of each log-probability of float weights, beside a hundredth of it. Half precision stays far below it. */
const tolerance = 0.1;
/**
 * With weights of integers products round to 8 bits on the way, and a single score may be off by more. All
 * of them together: the root mean square of the errors, as a share of the scores' standard deviation.
 * Measured: SmolLM2 in Q8_0 and Q4_1 0.01 to 0.02, Gemma 3 in Q4_K_M 0.02 to 0.03; scores of another model
 * have 1 and more.
 */
const roundedShare = 0.1;

/** Throws `assistant/backend-wrong`. */
export async function selfTest(
  config: ModelConfig,
  parameters: ReadonlyMap<string, WeightTensor>,
  executor: Executor,
): Promise<void> {
  if (executor === referenceExecutor) return;
  const slice = sliceOf(config, parameters);
  if (slice === undefined) return;
  const prompt = Int32Array.from([1, 2, 3], (id) => id % slice.config.vocabularySize);
  const tested = await createTransformer({ ...slice, executor });
  // Integers are compared with the floats that they stand for.
  const floats = floatsOf(slice.parameters);
  const reference = await createTransformer({
    config: slice.config,
    parameters: floats,
    executor: referenceExecutor,
  });
  try {
    const { vocabularySize } = slice.config;
    const options = { maxNewTokens: 2, temperature: 0, topLogProbabilities: vocabularySize };
    const [completion] = await tested.generate([prompt], options);
    const inputs = Int32Array.from([...prompt, completion!.ids[0]!]);
    const expected = await scoresOf(reference, inputs);
    const isRounded = [...slice.parameters.values()].some((tensor) => !('data' in tensor));
    for (const [step, scores] of completion!.topLogProbabilities!.entries()) {
      const right = expected[prompt.length - 1 + step]!;
      const found = scores.map(({ id, logProbability }) => [logProbability, right[id]!] as const);
      const problem = isRounded ? problemOfAll(found) : problemOfOne(found);
      if (problem !== undefined) throw wrong(executor, problem);
    }
  } catch (error) {
    if (LlmError.isInstance(error) && error.code === 'model/scores-not-finite')
      throw wrong(executor, 'its scores are no numbers');
    throw error;
  } finally {
    await tested.dispose();
    await reference.dispose();
  }
}

type Pairs = readonly (readonly [found: number, right: number])[];

function problemOfOne(pairs: Pairs): string | undefined {
  const off = pairs.find(
    ([found, right]) => !(Math.abs(found - right) <= tolerance + 0.01 * Math.abs(right)),
  );
  return off && `a log-probability that should be ${off[1].toFixed(3)} is ${off[0].toFixed(3)}`;
}

function problemOfAll(pairs: Pairs): string | undefined {
  const mean = (of: (pair: Pairs[number]) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const middle = mean(([, right]) => right);
  const spread = Math.sqrt(mean(([, right]) => (right - middle) ** 2));
  const error = Math.sqrt(mean(([found, right]) => (found - right) ** 2));
  if (error <= 0.01 + roundedShare * spread) return undefined;
  return `log-probabilities that differ by ${spread.toFixed(3)} among themselves are off by ${error.toFixed(3)}`;
}

interface Slice {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, WeightTensor>;
}

/** Undefined where a slice does not have the tensors of the whole. */
function sliceOf(config: ModelConfig, parameters: ReadonlyMap<string, WeightTensor>): Slice | undefined {
  // Some models have parts in every second layer only.
  for (const depth of [1, 2]) {
    const sliced = slicedConfig(config, Math.min(depth, config.depth));
    const tensors = new Map<string, WeightTensor>();
    for (const [name, { shape }] of parameterLayout(sliced)) {
      const whole = parameters.get(name);
      if (whole === undefined) break;
      tensors.set(name, rowsOf(whole, shape, config, sliced));
    }
    if (tensors.size === parameterLayout(sliced).size) return { config: sliced, parameters: tensors };
  }
  return undefined;
}

function slicedConfig(config: ModelConfig, depth: number): ModelConfig {
  // What is said for each layer is said for the first ones.
  const perLayer = Object.entries(config).flatMap(([field, value]) =>
    Array.isArray(value) && value.length === config.depth ? [[field, value.slice(0, depth)] as const] : [],
  );
  return {
    ...config,
    ...Object.fromEntries(perLayer),
    depth,
    vocabularySize: Math.min(sampledIds, config.vocabularySize),
    contextLength: Math.min(16, config.contextLength),
  };
}

/** Of tables of the vocabulary a sample; of others the first rows. */
function rowsOf(
  whole: WeightTensor,
  shape: readonly number[],
  config: ModelConfig,
  sliced: ModelConfig,
): WeightTensor {
  const rows = shape[0]!;
  if (whole.shape[0] === rows) return 'read' in whole ? whole.read() : whole;
  const isVocabulary = whole.shape[0] === config.vocabularySize && rows === sliced.vocabularySize;
  const stride = isVocabulary ? Math.floor(config.vocabularySize / rows) : 1;
  const pick = <Data extends Float32Array | Uint8Array>(all: Data): Data => {
    const each = all.length / whole.shape[0]!;
    const picked = all.slice(0, rows * each) as Data;
    for (let row = 0; row < rows; row++)
      picked.set(all.subarray(row * stride * each, (row * stride + 1) * each), row * each);
    return picked;
  };
  if ('data' in whole) return { shape, data: pick(whole.data) };
  if ('read' in whole) {
    // Only these rows: a table of the vocabulary is a fifth of a small model.
    const parts = Array.from({ length: rows }, (_, row) => whole.read(row * stride, row * stride + 1));
    const { bits, blockSize } = whole;
    const floats = (of: (part: (typeof parts)[number]) => Float32Array): Float32Array =>
      Float32Array.from(parts.flatMap((part) => [...of(part)]));
    return {
      bits,
      blockSize,
      shape,
      integers: Uint8Array.from(parts.flatMap(({ integers }) => [...integers])),
      scales: floats(({ scales }) => scales),
      offsets: whole.hasOffsets ? floats(({ offsets }) => offsets!) : undefined,
    };
  }
  const { integers, scales, offsets, bits, blockSize } = whole;
  return {
    bits,
    blockSize,
    shape,
    integers: pick(integers),
    scales: pick(scales),
    offsets: offsets && pick(offsets),
  };
}

/** [positions][vocabulary] log-probabilities. */
async function scoresOf(model: Transformer, inputs: Int32Array): Promise<number[][]> {
  const columns = inputs.length;
  const logits = await model.logits({ rows: 1, columns, inputs });
  const size = logits.length / columns;
  return Array.from({ length: columns }, (_, position) => {
    const row = Array.from(logits.subarray(position * size, (position + 1) * size));
    const most = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - most), 0);
    return row.map((logit) => logit - most - Math.log(sum));
  });
}

function wrong(executor: Executor, what: string): LlmError {
  return new LlmError({
    code: 'assistant/backend-wrong',
    message: `${executor.name} does not compute this model rightly: ${what}. Its answers would be gibberish. Choose another executor or another version of its runtime or driver; selfTest: false takes it nonetheless.`,
    details: { executor: executor.name, what },
  });
}
