/**
 * Compares what the pipeline decided for each page with what a test web says should happen to it. Both sides are plain
 * records, so any generator of truth can be compared.
 */
export interface PageDecision {
  readonly keep: boolean;
  readonly step?: string;
  readonly reason?: string;
}

export interface TruthMiss {
  readonly key: string;
  readonly expected: PageDecision | undefined;
  readonly actual: PageDecision | undefined;
  /** `missing`: no decision for the page; `unexpected`: no truth for it; `keep`, `step`, `reason`: what differs first. */
  readonly difference: 'missing' | 'unexpected' | 'keep' | 'step' | 'reason';
}

export interface TruthComparison {
  readonly pages: number;
  readonly agreed: number;
  /** Sorted by key. */
  readonly misses: readonly TruthMiss[];
}

/** `decisions` and `truth` are keyed alike (for instance by URL). A truth without step or reason accepts any. */
export function compareWithTruth(
  decisions: ReadonlyMap<string, PageDecision>,
  truth: ReadonlyMap<string, PageDecision>,
): TruthComparison {
  const misses: TruthMiss[] = [];
  for (const [key, expected] of truth) {
    const actual = decisions.get(key);
    const difference = compare(expected, actual);
    if (difference !== undefined) misses.push({ key, expected, actual, difference });
  }
  for (const [key, actual] of decisions) {
    if (!truth.has(key)) misses.push({ key, expected: undefined, actual, difference: 'unexpected' });
  }
  misses.sort((a, b) => (a.key < b.key ? -1 : 1));
  const wrong = misses.filter((miss) => miss.expected !== undefined).length;
  return { pages: truth.size, agreed: truth.size - wrong, misses };
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
