import { describe, expect, it } from 'vitest';
import { DuplicateFinder } from './duplicate-finder.js';
import { createMinhasher } from './minhash.js';

let issued = 0;
/** Words that never come twice: letters only, so that a word is one token. */
function freshWords(count: number): string[] {
  return Array.from({ length: count }, () => {
    const number = issued++;
    const letters = [...number.toString(26).padStart(6, '0')].map((digit) =>
      String.fromCharCode(97 + Number.parseInt(digit, 26)),
    );
    return `zq${letters.join('')}`;
  });
}

/** Two texts of `shingles` different 5-grams each that have exactly `common` of them in common. */
function pair(shingles: number, common: number): [string, string] {
  const shared = freshWords(common + 4);
  const text = (): string => [...shared, ...freshWords(shingles - common)].join(' ');
  return [text(), text()];
}

const jaccard = (a: string, b: string): number => {
  const grams = (text: string): Set<string> => {
    const words = text.split(' ');
    return new Set(words.slice(4).map((_, index) => words.slice(index, index + 5).join(' ')));
  };
  const [left, right] = [grams(a), grams(b)];
  const common = [...left].filter((gram) => right.has(gram)).length;
  return common / (left.size + right.size - common);
};

const equalBuckets = (a: Int32Array, b: Int32Array): number => {
  let equal = 0;
  for (let at = 0; at < a.length; at += 2) if (a[at] === b[at] && a[at + 1] === b[at + 1]) equal++;
  return equal;
};

function signatures(hasher: ReturnType<typeof createMinhasher>, texts: readonly string[]): Int32Array[] {
  return texts.map((text) => hasher.signature(text) ?? expect.fail('no signature'));
}

describe('createMinhasher', () => {
  it.each([
    [0.5, 90, 60],
    [0.7, 85, 70],
    [0.8, 90, 80],
    [0.9, 95, 90],
  ])('finds pairs of similarity %f as often as 1 − (1 − s⁸)¹⁴ says', (similarity, shingles, common) => {
    const hasher = createMinhasher();
    const pairs = 300;
    let hits = 0;
    for (let index = 0; index < pairs; index++) {
      const [a, b] = pair(shingles, common);
      if (index === 0) expect(jaccard(a, b)).toBeCloseTo(similarity, 12);
      const [first, second] = signatures(hasher, [a, b]) as [Int32Array, Int32Array];
      if (equalBuckets(first, second) > 0) hits++;
    }
    const chance = 1 - (1 - similarity ** 8) ** 14;
    // Four standard deviations of the binomial distribution, and half a count for its steps.
    const bound = 4 * Math.sqrt(pairs * chance * (1 - chance)) + 0.5;
    expect(Math.abs(hits - pairs * chance)).toBeLessThanOrEqual(bound);
  });

  it.each([
    [0.2, 90, 30],
    [0.5, 90, 60],
    [0.8, 90, 80],
  ])('has single hashes that agree with probability %f (Broder 1997)', (similarity, shingles, common) => {
    const hasher = createMinhasher({ buckets: 112, hashesPerBucket: 1 });
    const pairs = 60;
    let equal = 0;
    for (let index = 0; index < pairs; index++) {
      const [first, second] = signatures(hasher, pair(shingles, common)) as [Int32Array, Int32Array];
      equal += equalBuckets(first, second);
    }
    const trials = pairs * 112;
    const bound = 4 * Math.sqrt(trials * similarity * (1 - similarity));
    expect(Math.abs(equal - trials * similarity)).toBeLessThanOrEqual(bound);
  });

  it('finds nothing in common where there is nothing', () => {
    const hasher = createMinhasher({ buckets: 112, hashesPerBucket: 1 });
    let equal = 0;
    for (let index = 0; index < 30; index++) {
      const [first, second] = signatures(hasher, pair(90, 0)) as [Int32Array, Int32Array];
      equal += equalBuckets(first, second);
    }
    expect(equal).toBe(0);
  });

  it('is the same for the same seed and another for another', () => {
    const [text] = pair(40, 0);
    const first = createMinhasher().signature(text);
    expect(first).toHaveLength(28);
    expect(createMinhasher({ seed: 1 }).signature(text)).toEqual(first);
    const other = createMinhasher({ seed: 2 }).signature(text) ?? expect.fail('no signature');
    expect(equalBuckets(other, first as Int32Array)).toBe(0);
    // A long text between two calls (the buffers grow) changes nothing.
    const hasher = createMinhasher();
    hasher.signature(freshWords(6000).join(' '));
    expect(hasher.signature(text)).toEqual(first);
  });

  it('does not see case, punctuation, numbers, accents and white space', () => {
    const hasher = createMinhasher();
    const plain = hasher.signature('The cafe opened in 1987 with nine tables and one cook');
    expect(hasher.signature('the  CAFÉ, opened\nin 2024 (with) nine tables; and one cook!')).toEqual(plain);
    expect(hasher.signature('The cafe opened in 1987 with ten tables and one cook')).not.toEqual(plain);
    // The order of words counts within shingles only: one
    // shingle of seven is left when the halves change places.
    expect(hasher.signature('nine tables and one cook The cafe opened in 1987 with')).not.toEqual(plain);
  });

  it('gives none for texts shorter than a shingle', () => {
    const hasher = createMinhasher();
    expect(hasher.signature('one two three four')).toBeUndefined();
    expect(hasher.signature('')).toBeUndefined();
    expect(hasher.signature('one two three four five')).toHaveLength(28);
    expect(createMinhasher({ wordsPerShingle: 3 }).signature('one two three')).toHaveLength(28);
  });

  it('says with DuplicateFinder which document matched', () => {
    const hasher = createMinhasher();
    const [a, near] = pair(300, 295);
    const [b] = pair(300, 0);
    const finder = new DuplicateFinder(hasher.buckets);
    for (const text of [b, a, 'too short', b, near, 'too short']) finder.add(hasher.signature(text));
    const { keeper, match } = finder.clusters();
    expect([...keeper]).toEqual([0, 1, 2, 0, 1, 5]);
    expect([...match]).toEqual([0, 1, 2, 0, 1, 5]);
  });
});
