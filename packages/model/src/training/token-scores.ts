/** What the model says about given tokens: with the logits of all positions at once or in pieces. */
import {
  chunkedLogSoftmaxGather,
  exp,
  logSoftmax,
  matMul,
  mul,
  neg,
  type ObjectiveInputs,
  recomputeInChunks,
  reduceSum,
  softmaxEntropy,
  type Tensor,
} from '@llm/graph';
import { headWeightName, languageModelHead } from '../architecture/forward.js';
import type { Parameters } from '../architecture/parameters.js';
import { wholeWeight } from '../architecture/quantized-weight.js';
import { softcap } from '../attention/softcap.js';
import type { ModelConfig } from '../config/model-config.js';
import type { CompactMemory } from './memory.js';
import { tokenLogProbabilities } from './token-log-probabilities.js';

/** states [positions, width] after the final norm, targets int32 [positions] */
export function tokenScores(
  config: ModelConfig,
  parameters: Parameters,
  states: Tensor,
  targets: Tensor,
  memory: CompactMemory | undefined,
): Pick<ObjectiveInputs, 'logProbabilities' | 'entropy'> {
  if (memory === undefined) {
    const logits = languageModelHead(config, parameters, states);
    return {
      logProbabilities: tokenLogProbabilities(logits, targets),
      entropy: () => {
        const scores = logSoftmax(logits);
        return neg(reduceSum(mul(exp(scores), scores), -1));
      },
    };
  }
  const weight = wholeWeight(parameters, headWeightName(config), config.width);
  const chunk = memory.positions;
  return {
    logProbabilities: chunkedLogSoftmaxGather(states, weight, targets, {
      chunk,
      transform: (logits) => softcap(logits, config.logitSoftcap),
    }),
    entropy: () =>
      recomputeInChunks(states, [weight], chunk, (piece, [matrix]) =>
        softmaxEntropy(softcap(matMul(piece, matrix!, { transposeB: true }), config.logitSoftcap)),
      ),
  };
}
