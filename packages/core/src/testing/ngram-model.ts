/**
 * A real, tiny `TrainableModel`: bigram logits [vocabulary, vocabulary] trained by plain gradient descent on
 * the weighted negative log-likelihood. It learns in milliseconds, so a stage can test that its loop makes
 * a model better without building a transformer. It ignores `segments`,
 * `branches` (a token before is all it sees) and `extraInputs`.
 */

import type {
  Completion,
  GenerateOptions,
  ScoreBatch,
  TokenLogProbability,
} from '../contracts/language-model.js';
import type {
  OptimizerStep,
  StepResult,
  TokenBatch,
  TrainableModel,
  TrainingSnapshot,
} from '../contracts/trainable-model.js';
import { LlmError } from '../errors.js';
import { adjustScores } from '../options/adjust-scores.js';
import { checkGenerateOptions } from '../options/check-generate-options.js';
import { createRandom } from '../random.js';

export class NgramModel implements TrainableModel {
  readonly specificationVersion = 'v1';
  stepsTaken = 0;
  /** Every batch passed to `trainStep`, for inspection. */
  readonly batches: TokenBatch[] = [];
  #logits: Float32Array;

  constructor(
    readonly vocabularySize: number,
    readonly contextLength = 256,
  ) {
    this.#logits = new Float32Array(vocabularySize * vocabularySize);
  }

  /** [vocabularySize] log-probabilities after `token` */
  #row(token: number, temperature = 1): Float32Array {
    const row = this.#logits.slice(token * this.vocabularySize, (token + 1) * this.vocabularySize);
    if (temperature !== 1) for (const [id, logit] of row.entries()) row[id] = logit / temperature;
    const maximum = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const logSum = maximum + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - maximum), 0));
    return row.map((logit) => logit - logSum);
  }

  #checkPrompt(row: number, length: number): void {
    if (length === 0) throw new LlmError({ code: 'model/prompt-empty', message: `Prompt ${row} is empty.` });
    if (length > this.contextLength)
      throw new LlmError({
        code: 'model/prompt-too-long',
        message: `Prompt ${row} has ${length} tokens but the model's window is ${this.contextLength}.`,
      });
  }

  async logProbabilities(batch: ScoreBatch): Promise<Float32Array> {
    return Float32Array.from(
      batch.inputs,
      (input, i) => this.#row(input, batch.temperature)[batch.targets[i]!]!,
    );
  }

  async generate(prompts: readonly Int32Array[], options: GenerateOptions): Promise<Completion[]> {
    options.signal?.throwIfAborted();
    checkGenerateOptions(options, this.vocabularySize);
    const drawable = Math.min(this.vocabularySize, options.vocabularySize ?? this.vocabularySize);
    for (const [row, { length }] of prompts.entries()) this.#checkPrompt(row, length);
    return prompts.map((prompt, row) => {
      const random = createRandom(options.seed ?? 0, 'generate', row);
      const temperature = options.temperature ?? 1;
      const ids: number[] = [];
      const logProbabilities: number[] = [];
      const forced: number[] = [];
      const top: TokenLogProbability[][] = [];
      const count = options.topLogProbabilities ?? 0;
      let previous = prompt[prompt.length - 1]!;
      const append = (id: number, logProbability: number, isForced: number): void => {
        ids.push(id);
        logProbabilities.push(logProbability);
        forced.push(isForced);
        previous = id;
        options.onToken?.(row, id, { logProbability, top: top[ids.length - 1] ?? [] });
      };
      const room = Math.min(options.maxNewTokens, this.contextLength - prompt.length);
      let stopReason: Completion['stopReason'] = room < options.maxNewTokens ? 'context' : 'length';
      while (ids.length < room) {
        const scores = this.#row(previous).subarray(0, drawable);
        const adjusted = scores.slice();
        adjustScores(adjusted, row, ids, options);
        const best = adjusted.reduce((a, b) => Math.max(a, b), -Infinity);
        let id = adjusted.indexOf(best);
        if (temperature > 0) {
          id = 0;
          const odds = adjusted.map((score) => Math.exp((score - best) / temperature));
          let left = random.uniform() * odds.reduce((a, b) => a + b, 0);
          while (id < odds.length - 1 && left >= odds[id]!) left -= odds[id++]!;
          // Rounding may lead past the last one that is allowed.
          if (odds[id] === 0) id = adjusted.indexOf(best);
        }
        top[ids.length] = mostLikely(scores, count);
        append(id, scores[id]!, 0);
        if (options.stopTokens?.includes(id)) {
          stopReason = 'stop';
          break;
        }
        const insert = options.forceTokens?.(row, ids);
        for (const forcedId of Array.from(insert ?? []).slice(0, room - ids.length)) {
          top[ids.length] = [];
          append(forcedId, 0, 1);
        }
      }
      return {
        ids: Int32Array.from(ids),
        logProbabilities: Float32Array.from(logProbabilities),
        ...(count > 0 ? { topLogProbabilities: top } : {}),
        forced: Uint8Array.from(forced),
        stopReason,
      };
    });
  }

  async trainStep(batch: TokenBatch | readonly TokenBatch[], step: OptimizerStep): Promise<StepResult> {
    const batches = 'rows' in batch ? [batch] : batch;
    this.batches.push(...batches);
    const gradient = new Float32Array(this.#logits.length);
    let loss = 0;
    for (const { inputs, targets, weights, normalizer, temperature = 1 } of batches) {
      for (let i = 0; i < inputs.length; i++) {
        const weight = weights[i]! / normalizer;
        if (weight === 0) continue;
        const scores = this.#row(inputs[i]!, temperature);
        const offset = inputs[i]! * this.vocabularySize;
        loss -= weight * scores[targets[i]!]!;
        for (let token = 0; token < this.vocabularySize; token++) {
          const target = token === targets[i] ? 1 : 0;
          const slope = (weight * (Math.exp(scores[token]!) - target)) / temperature;
          gradient[offset + token] = gradient[offset + token]! + slope;
        }
      }
    }
    if (!Number.isFinite(loss))
      throw new LlmError({ code: 'model/loss-not-finite', message: `The loss is ${loss}.` });
    this.#logits = this.#logits.map((logit, i) => logit - step.learningRate * gradient[i]!);
    this.stepsTaken++;
    return { loss, gradientNorm: Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)), metrics: {} };
  }

  async snapshot(): Promise<TrainingSnapshot> {
    const shape = [this.vocabularySize, this.vocabularySize];
    return {
      stepsTaken: this.stepsTaken,
      parameters: new Map([['logits', { shape, data: this.#logits.slice() }]]),
      optimizerState: new Map(),
    };
  }

  async restore(snapshot: TrainingSnapshot): Promise<void> {
    this.#logits = snapshot.parameters.get('logits')!.data.slice();
    this.stepsTaken = snapshot.stepsTaken;
  }

  async dispose(): Promise<void> {}
}

function mostLikely(scores: Float32Array, count: number): TokenLogProbability[] {
  const all = Array.from(scores, (logProbability, id) => ({ id, logProbability }));
  return all.sort((a, b) => b.logProbability - a.logProbability).slice(0, count);
}
