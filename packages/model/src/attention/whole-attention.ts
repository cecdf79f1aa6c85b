/** Attention over keys and values that lie whole in memory, those of the new tokens among them. */
import { add, matMul, mul, softmax, type Tensor, transpose } from '@llm/graph';
import { groupOf, inGroups, repeatHeads } from './heads.js';
import type { ScoreRule } from './score-rule.js';
import { softcap } from './softcap.js';

/**
 * query [rows, heads, time, headWidth], `keys` and `values` [rows, keyValueHeads, total, headWidth], `mask`
 * [rows, 1, time, total] → like query. Nothing is repeated but the mask.
 */
export function wholeAttention(
  query: Tensor,
  keys: Tensor,
  values: Tensor,
  mask: Tensor,
  rule: ScoreRule,
): Tensor {
  return inGroups(query, keys, mask, (folded, repeated) => {
    const scores = matMul(folded, keys, { transposeB: true, alpha: rule.scale });
    return matMul(softmax(add(softcap(scores, rule.softcap), repeated)), values);
  });
}

/** The same in operators of the ONNX standard alone, with repeated key heads: any runtime opens it. */
export function plainAttention(
  query: Tensor,
  keys: Tensor,
  values: Tensor,
  mask: Tensor,
  rule: ScoreRule,
): Tensor {
  const group = groupOf(query, keys);
  const scaled = mul(query, rule.scale);
  const scores = matMul(scaled, transpose(repeatHeads(keys, group), [0, 1, 3, 2]));
  return matMul(softmax(add(softcap(scores, rule.softcap), mask)), repeatHeads(values, group));
}
