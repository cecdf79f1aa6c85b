/** What every document filter has in common. */

/** A filter lets a text pass (some rewrite it) or drops it with the name of its first rule that failed. */
export type FilterResult =
  | { readonly kind: 'pass'; readonly text: string }
  | { readonly kind: 'drop'; readonly reason: string };

/** The two behaviours worth having: datatrove's today, which can be compared exactly, and the FineWeb release's. */
export type FilterPreset = 'datatrove-0.10' | 'fineweb-v1';

export function pass(text: string): FilterResult {
  return { kind: 'pass', text };
}

export function drop(reason: string): FilterResult {
  return { kind: 'drop', reason };
}
