/**
 * Compares what the pipeline decided for each page with what a test web says should happen to it. Both sides are plain
 * records, so any generator of truth can be compared.
 */
export interface PageDecision {
  readonly keep: boolean;
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
}

/** What should happen to a page. A truth without step or reason accepts any. */
export interface PageTruth extends PageDecision {
  /** For a near-duplicate: how likely MinHash is to find it, 0…1. Between .001 and .999 either outcome is right. */
  readonly duplicateProbability?: number | undefined;
}

export interface TruthMiss {
  readonly key: string;
  readonly expected: PageTruth | undefined;
  readonly actual: PageDecision | undefined;
  /** `missing`: no decision for the page; `unexpected`: no truth for it; `keep`, `step`, `reason`: what differs first. */
  readonly difference: 'missing' | 'unexpected' | 'keep' | 'step' | 'reason';
}

export interface TruthComparison {
  readonly pages: number;
  readonly agreed: number;
  /** Sorted by key. */
  readonly misses: readonly TruthMiss[];
  /** Near-duplicates that chance decided otherwise than the truth expected: differences, not misses. Sorted by key. */
  readonly byChance: readonly TruthMiss[];
}

/** `decisions` and `truth` are keyed alike (for instance by URL). */
export function compareWithTruth(
  decisions: ReadonlyMap<string, PageDecision>,
  truth: ReadonlyMap<string, PageTruth>,
): TruthComparison {
  const misses: TruthMiss[] = [];
  const byChance: TruthMiss[] = [];
  for (const [key, expected] of truth) {
    const actual = decisions.get(key);
    const difference = compare(expected, actual);
    if (difference !== undefined) {
      (isChance(expected, actual) ? byChance : misses).push({ key, expected, actual, difference });
    }
  }
  for (const [key, actual] of decisions) {
    if (!truth.has(key)) misses.push({ key, expected: undefined, actual, difference: 'unexpected' });
  }
  for (const list of [misses, byChance]) list.sort((a, b) => (a.key < b.key ? -1 : 1));
  const wrong = misses.filter((miss) => miss.expected !== undefined).length;
  return { pages: truth.size, agreed: truth.size - wrong, misses, byChance };
}

function isChance(expected: PageTruth, actual: PageDecision | undefined): boolean {
  const probability = expected.duplicateProbability ?? 0;
  if (actual === undefined || probability <= 0.001 || probability >= 0.999) return false;
  return [expected, actual].every((decision) => decision.keep || decision.step === 'minhash');
}

function compare(
  expected: PageDecision,
  actual: PageDecision | undefined,
): TruthMiss['difference'] | undefined {
  if (actual === undefined) return 'missing';
  if (expected.keep !== actual.keep) return 'keep';
  if (expected.keep) return undefined;
  if (expected.step !== undefined && expected.step !== actual.step) return 'step';
  if (expected.reason !== undefined && expected.reason !== actual.reason) return 'reason';
  return undefined;
}
