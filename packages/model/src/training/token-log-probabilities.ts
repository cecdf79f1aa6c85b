/**
 * log p(target) per position from logits [positions, vocabulary]. It carries its own gradient, softmax − one-hot, because
 * that tensor is the largest of a small model and each pass over it costs as much as a layer.
 */
import {
  gatherElements,
  mul,
  neg,
  reduceLogSumExp,
  scatterElements,
  softmax,
  squeeze,
  sub,
  type Tensor,
  unsqueeze,
} from '@llm/graph';

/** targets int32 [positions] → [positions] */
export function tokenLogProbabilities(logits: Tensor, targets: Tensor): Tensor {
  const column = unsqueeze(targets, 1);
  return logits.graph.composite(
    [logits],
    () => [
      squeeze(
        sub(gatherElements(logits, column, 1), reduceLogSumExp(logits, 1, { keepDimensions: true })),
        1,
      ),
    ],
    ({ outputGradients: [d] }) => {
      const upstream = unsqueeze(d!, 1);
      const spread = mul(softmax(logits), neg(upstream));
      return [scatterElements(spread, column, upstream, { axis: 1, reduction: 'add' })];
    },
  )[0]!;
}
