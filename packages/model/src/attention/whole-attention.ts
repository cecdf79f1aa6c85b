/** Attention over keys and values that lie whole in memory, those of the new tokens among them. */
import { add, matMul, mul, softmax, type Tensor, transpose } from '@llm/graph';
import { groupOf, inGroups, repeatHeads, scoreScale } from './heads.js';

/**
 * query [rows, heads, time, headWidth], `keys` and `values` [rows, keyValueHeads, total, headWidth], `mask`
 * [rows, 1, time, total] → like query. Nothing is repeated but the mask.
 */
export function wholeAttention(query: Tensor, keys: Tensor, values: Tensor, mask: Tensor): Tensor {
  return inGroups(query, keys, mask, (folded, repeated) => {
    const scores = matMul(folded, keys, { transposeB: true, alpha: scoreScale(query) });
    return matMul(softmax(add(scores, repeated)), values);
  });
}

/** The same in operators of the ONNX standard alone, with repeated key heads: any runtime opens it. */
export function plainAttention(query: Tensor, keys: Tensor, values: Tensor, mask: Tensor): Tensor {
  const group = groupOf(query, keys);
  const scaled = mul(query, scoreScale(query));
  const scores = matMul(scaled, transpose(repeatHeads(keys, group), [0, 1, 3, 2]));
  return matMul(softmax(add(scores, mask)), repeatHeads(values, group));
}
