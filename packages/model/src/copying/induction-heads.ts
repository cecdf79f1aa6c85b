/**
 * Parameters in which the circuit that copies is drawn already (induction heads, Olsson et al. 2022): half of
 * the first layer's heads look at the token before, most of the second layer's look for places whose token
 * before was the one at hand and pass on what stands there, and the output head begins as the embedding, so
 * that what is passed on is what is predicted. Left to chance a small model finds this circuit late or never;
 * that structure found in trained models may be drawn before training is shown by Trockman and Kolter 2023
 * (mimetic initialization). Only the beginning differs: the configuration is that of any other model.
 */
import { createRandom, LlmError, type NamedTensor, type Random } from '@llm/core';
import { rotaryFrequencies } from '../attention/rotary-frequencies.js';
import type { ModelConfig } from '../config/model-config.js';
import { initialParameters } from '../weights/initial-parameters.js';
import { embeddingName, headName, layerNames } from '../weights/parameter-names.js';

/** What the embedding of every token has in common: without it no head can look at a distance alone. */
const sharedDeviation = 0.1;
/** Pairs of elements that tell near positions apart, the fastest. */
const nearPairs = 3;
/** A pair that turns by no more than this in the whole window hardly tells positions apart. */
const mostTurn = 2;
/** How much of what a head reads it adds to the stream. */
const passedOn = 0.1;
/** Gains of queries and keys: how sharply the two layers look. */
const sharpness = { near: 2, match: 1.5 };

/**
 * By checkpoint name, from the seed alone. Throws `model/no-induction-heads` for configurations that the
 * circuit is not drawn for: it needs two layers, rotary positions without scaling, queries and keys
 * normalised by head with a weight (`rms`), as many key as query heads, norms before, an output head of its
 * own.
 */
export function inductionParameters(config: ModelConfig, seed: number | string): Map<string, NamedTensor> {
  checkConfig(config);
  const parameters = initialParameters(config, seed);
  const random = createRandom(seed, 'induction-heads');
  const { width, heads, headWidth } = config;
  const shared = shareDirection(parameters, config, random);
  const lookingBack = Math.min(Math.ceil(heads / 2), Math.floor((width - 1) / headWidth));
  const matching = Math.min(Math.ceil((3 * heads) / 4), Math.floor((width - 1) / headWidth));
  const read = orthonormal(lookingBack * headWidth, width, random, [shared]);
  const written = orthonormal(lookingBack * headWidth, width, random, [shared]);
  drawLookingBack(parameters, config, shared, { heads: lookingBack, read, written });
  drawMatching(parameters, config, random, shared, { heads: matching, read, written });
  return parameters;
}

/** Gives all embeddings a vector in common, and the head the embeddings without it; its direction. */
function shareDirection(
  parameters: ReadonlyMap<string, NamedTensor>,
  { width }: ModelConfig,
  random: Random,
): Float64Array {
  const embedding = parameters.get(embeddingName)!.data;
  parameters.get(headName)!.data.set(embedding);
  const shared = Float64Array.from({ length: width }, () => random.normal());
  for (let i = 0; i < embedding.length; i++) embedding[i]! += sharedDeviation * shared[i % width]!;
  return scaled(shared, 1 / Math.hypot(...shared));
}

interface LookingBack {
  readonly heads: number;
  /** Orthonormal rows [heads · headWidth][width]: what is read of the token before. */
  readonly read: readonly Float64Array[];
  /** Where in the stream that is written, likewise. */
  readonly written: readonly Float64Array[];
}

/** First layer: a query meets the key one position before it, whatever the tokens are. */
function drawLookingBack(
  parameters: ReadonlyMap<string, NamedTensor>,
  config: ModelConfig,
  shared: Float64Array,
  { heads, read, written }: LookingBack,
): void {
  const { headWidth } = config;
  const layer = attentionOf(parameters, config, 0);
  const frequencies = rotaryFrequencies(config);
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < nearPairs; pair++) {
      const first = head * headWidth + pair;
      const second = first + headWidth / 2;
      // The query is turned back by one position, so that the two agree at a distance of one.
      layer.query.add(first, shared, 3 * Math.cos(frequencies[pair]!));
      layer.query.add(second, shared, -3 * Math.sin(frequencies[pair]!));
      layer.key.add(first, shared, 3);
    }
    for (let element = head * headWidth; element < (head + 1) * headWidth; element++) {
      layer.value.set(element, read[element]!);
      layer.output.setColumn(element, scaled(written[element]!, passedOn));
    }
  }
  layer.gain(sharpness.near);
}

/** Second layer: the query is the token at hand, the key the token before; what stands there is passed on. */
function drawMatching(
  parameters: ReadonlyMap<string, NamedTensor>,
  config: ModelConfig,
  random: Random,
  shared: Float64Array,
  { heads, read, written }: LookingBack,
): void {
  const { width, headWidth, contextLength } = config;
  const layer = attentionOf(parameters, config, 1);
  const values = orthonormal(heads * headWidth, width, random, [shared]);
  const half = headWidth / 2;
  const slow = [...rotaryFrequencies(config)].flatMap((frequency, pair) =>
    frequency * contextLength <= mostTurn ? [pair, pair + half] : [],
  );
  for (let head = 0; head < heads; head++) {
    for (let element = head * headWidth; element < (head + 1) * headWidth; element++) {
      layer.query.scale(element, 0.1);
      layer.key.scale(element, 0.1);
      layer.value.set(element, values[element]!);
      layer.output.setColumn(element, scaled(values[element]!, passedOn));
    }
    const mix = orthonormal(slow.length, read.length, random);
    for (const [index, element] of slow.entries()) {
      layer.query.add(head * headWidth + element, combined(mix[index]!, read), 1);
      layer.key.add(head * headWidth + element, combined(mix[index]!, written), 1);
    }
  }
  layer.gain(sharpness.match);
}

/** The projections of a layer's attention, by rows. */
function attentionOf(
  parameters: ReadonlyMap<string, NamedTensor>,
  { width, heads, headWidth }: ModelConfig,
  layer: number,
) {
  const names = layerNames(layer);
  const data = (name: string): Float32Array => parameters.get(`${name}.weight`)!.data;
  const rows = (name: string) => {
    const matrix = data(name);
    const row = (index: number): Float32Array => matrix.subarray(index * width, (index + 1) * width);
    return {
      set: (index: number, values: Float64Array): void => row(index).set(values),
      add: (index: number, values: Float64Array, factor: number): void => {
        for (const [i, value] of values.entries()) row(index)[i]! += factor * value;
      },
      scale: (index: number, factor: number): void => {
        for (const [i, value] of row(index).entries()) row(index)[i] = factor * value;
      },
    };
  };
  const output = data(names.attentionOutput);
  return {
    query: rows(names.query),
    key: rows(names.key),
    value: rows(names.value),
    output: {
      setColumn: (column: number, values: Float64Array): void => {
        for (const [i, value] of values.entries()) output[i * heads * headWidth + column] = value;
      },
    },
    gain: (value: number): void => {
      for (const name of [names.queryNorm, names.keyNorm]) data(name).fill(value);
    },
  };
}

/** `count` vectors of length one, at right angles to each other and to `others` (Gram–Schmidt). */
function orthonormal(
  count: number,
  width: number,
  random: Random,
  others: readonly Float64Array[] = [],
): Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    let vector = Float64Array.from({ length: width }, () => random.normal());
    for (const other of [...others, ...vectors]) {
      const share = vector.reduce((sum, value, i) => sum + value * other[i]!, 0);
      vector = vector.map((value, i) => value - share * other[i]!);
    }
    vectors.push(scaled(vector, 1 / Math.hypot(...vector)));
  }
  return vectors;
}

function combined(factors: Float64Array, vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const [index, factor] of factors.entries())
    for (let i = 0; i < sum.length; i++) sum[i]! += factor * vectors[index]![i]!;
  return sum;
}

const scaled = (vector: Float64Array, factor: number): Float64Array => vector.map((value) => factor * value);

function checkConfig(config: ModelConfig): void {
  const needs: readonly [boolean, string][] = [
    [config.depth >= 2, 'depth of at least 2'],
    [config.positions === 'rotary' && config.rotaryScaling === undefined, 'rotary positions without scaling'],
    [(config.rotaryWidth ?? config.headWidth) === config.headWidth, 'rotary positions of the whole head'],
    [config.queryKeyNormalization === 'rms', "queryKeyNormalization 'rms'"],
    [config.keyValueHeads === config.heads, 'as many key as query heads'],
    [config.normPlacement === 'before', "normPlacement 'before'"],
    [config.normalization !== 'layer', 'RMS norms'],
    [!config.tiedHead, 'an output head of its own'],
    [config.headWidth < config.width && config.headWidth >= 2 * nearPairs, 'several heads in a layer'],
  ];
  const lacking = needs.flatMap(([met, need]) => (met ? [] : [need]));
  if (lacking.length > 0)
    throw new LlmError({
      code: 'model/no-induction-heads',
      message: `Induction heads cannot be drawn in this configuration: it lacks ${lacking.join(', ')}. Begin from initialParameters instead.`,
      details: { lacking: [...lacking] },
    });
}
