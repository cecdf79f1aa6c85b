/**
 * Compares what the pipeline decided for each page with what a test web says should happen to it. Both sides
 * are plain records, so any generator of truth can be compared.
 */
export interface PageDecision {
  readonly keep: boolean;
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
}

/** What should happen to a page. A truth without step or reason accepts any. */
export interface PageTruth extends PageDecision {
  /** How likely MinHash is to find this near-duplicate, 0…1; between .001 and .999 either is right. */
  readonly duplicateProbability?: number | undefined;
}

export interface TruthMiss {
  readonly key: string;
  /** Undefined: there is no truth for the page. */
  readonly expected: PageTruth | undefined;
  /** Undefined: there is no decision for it. */
  readonly actual: PageDecision | undefined;
}

export interface TruthComparison {
  readonly pages: number;
  readonly agreed: number;
  /** Sorted by key. */
  readonly misses: readonly TruthMiss[];
  /** Near-duplicates that chance decided otherwise than expected: no misses. Sorted by key. */
  readonly byChance: readonly TruthMiss[];
}

/**
 * `decisions` and `truth` are keyed alike (for instance by URL), each key once. Truth may come from a file
 * as it is read: it is not kept.
 */
export async function compareWithTruth(
  decisions: ReadonlyMap<string, PageDecision>,
  truth: Iterable<readonly [string, PageTruth]> | AsyncIterable<readonly [string, PageTruth]>,
): Promise<TruthComparison> {
  const misses: TruthMiss[] = [];
  const byChance: TruthMiss[] = [];
  const unforeseen = new Set(decisions.keys());
  let [pages, wrong] = [0, 0];
  for await (const [key, expected] of truth) {
    pages++;
    unforeseen.delete(key);
    const actual = decisions.get(key);
    if (agree(expected, actual)) continue;
    const chance = isChance(expected, actual);
    if (!chance) wrong++;
    (chance ? byChance : misses).push({ key, expected, actual });
  }
  for (const key of unforeseen) misses.push({ key, expected: undefined, actual: decisions.get(key) });
  for (const list of [misses, byChance]) list.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { pages, agreed: pages - wrong, misses, byChance };
}

function isChance(expected: PageTruth, actual: PageDecision | undefined): boolean {
  const probability = expected.duplicateProbability ?? 0;
  if (actual === undefined || probability <= 0.001 || probability >= 0.999) return false;
  return [expected, actual].every((decision) => decision.keep || decision.step === 'minhash');
}

function agree(expected: PageDecision, actual: PageDecision | undefined): boolean {
  if (actual?.keep !== expected.keep) return false;
  if (expected.keep) return true;
  return (
    (expected.step ?? actual.step) === actual.step && (expected.reason ?? actual.reason) === actual.reason
  );
}
