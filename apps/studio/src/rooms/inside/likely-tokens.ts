/** Logits as the few most likely tokens. */
export interface Candidate {
  readonly id: number;
  readonly probability: number;
}

export function mostLikely(logits: Float32Array, count: number): Candidate[] {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (best.length === count && logits[id]! <= logits[best[count - 1]!]!) continue;
    let place = best.length;
    while (place > 0 && logits[best[place - 1]!]! < logits[id]!) place--;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  return best.map((id) => ({ id, probability: Math.exp(logits[id]! - most) / sum }));
}

/** In bits. */
export function entropyOf(logits: Float32Array): number {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  let weighted = 0;
  for (const logit of logits) {
    const share = Math.exp(logit - most);
    sum += share;
    weighted += share * (logit - most);
  }
  return (Math.log(sum) - weighted / sum) / Math.LN2;
}
