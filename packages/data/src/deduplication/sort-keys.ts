/**
 * Orders 64-bit keys (two 32-bit words each) by radix, least digit first, in typed arrays: linear, stable,
 * 8 bytes a key beside the keys. Comparison sorts of 4 million keys take seconds in JavaScript.
 */
const digits = 1 << 16;

/** Places of the keys in ascending order; keys that are equal stay in the order in which they came. */
export function sortKeys(high: Uint32Array, low?: Uint32Array): Uint32Array {
  let order = new Uint32Array(high.length);
  for (let at = 0; at < order.length; at++) order[at] = at;
  if (order.length < 2048)
    return order.sort((a, b) => high[a]! - high[b]! || (low === undefined ? 0 : low[a]! - low[b]!) || a - b);
  let spare = new Uint32Array(high.length);
  const counts = new Uint32Array(digits + 1);
  for (const word of low === undefined ? [high] : [low, high]) {
    for (const shift of [0, 16]) {
      counts.fill(0);
      for (let at = 0; at < word.length; at++) {
        const digit = ((word[at]! >>> shift) & 0xffff) + 1;
        counts[digit] = counts[digit]! + 1;
      }
      // One digit for all, as the upper half within a narrow range: nothing moves.
      if (word.length === 0 || counts.includes(word.length)) continue;
      for (let digit = 1; digit <= digits; digit++) counts[digit] = counts[digit]! + counts[digit - 1]!;
      for (let at = 0; at < order.length; at++) {
        const place = order[at]!;
        const digit = (word[place]! >>> shift) & 0xffff;
        const target = counts[digit]!;
        spare[target] = place;
        counts[digit] = target + 1;
      }
      [order, spare] = [spare, order];
    }
  }
  return order;
}
