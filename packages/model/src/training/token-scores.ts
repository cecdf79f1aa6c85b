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
  temperature = 1,
): Pick<ObjectiveInputs, 'logProbabilities' | 'entropy' | 'distribution'> {
  const tempered = (logits: Tensor): Tensor => (temperature === 1 ? logits : mul(logits, 1 / temperature));
  if (memory === undefined) {
    const logits = tempered(languageModelHead(config, parameters, states));
    return {
      logProbabilities: tokenLogProbabilities(logits, targets),
      entropy: () => {
        const scores = logSoftmax(logits);
        return neg(reduceSum(mul(exp(scores), scores), -1));
      },
      distribution: () => logSoftmax(logits),
    };
  }
  const weight = wholeWeight(parameters, headWeightName(config), config.width);
  const chunk = memory.positions;
  return {
    logProbabilities: chunkedLogSoftmaxGather(states, weight, targets, {
      chunk,
      transform: (logits) => tempered(softcap(logits, config.logitSoftcap)),
    }),
    entropy: () =>
      recomputeInChunks(states, [weight], chunk, (piece, [matrix]) =>
        softmaxEntropy(tempered(softcap(matMul(piece, matrix!, { transposeB: true }), config.logitSoftcap))),
      ),
    distribution: () => logSoftmax(tempered(languageModelHead(config, parameters, states))),
  };
}
