/**
 * Whether text decoded in a declared encoding looks like text. `broken`: too much of it is undefined in the
 * encoding. `suspect`: it is what another encoding looks like when read in this one (mojibake) — runs of
 * accented letters where Latin scripts have single ones, words of capitals only, marks instead of letters.
 * It says nothing of which encoding is right.
 */
const sampleLength = 1 << 17;

export interface Decoded {
  readonly text: string;
  readonly charset: string;
}

export function doubtOf({ text, charset }: Decoded): 'broken' | 'suspect' | undefined {
  const sample = text.slice(0, sampleLength);
  const foreign = sample.match(/[^\0-\x7f]/g)?.length ?? 0;
  if (foreign === 0) return undefined;
  if (undefinedIn(sample) * 10 > foreign) return 'broken';
  if (
    /^(?:windows-125[0247]|iso-8859-(?:[123459]|1[0-6])|macintosh)$/.test(charset) &&
    charset !== 'iso-8859-5'
  )
    return lengthOfRuns(sample) * 10 > foreign * 3 ? 'suspect' : undefined;
  if (foreign < 20) return undefined;
  const letters = sample.match(/[^\0-\x7f\P{L}]|[^\0-\x7f\P{M}]/gu)?.length ?? 0;
  if (letters * 100 < foreign * 85) return 'suspect';
  const capitals = sample.match(/[^\0-\x7f\P{Lu}]/gu)?.length ?? 0;
  const small = sample.match(/[^\0-\x7f\P{Ll}]/gu)?.length ?? 0;
  return capitals > 20 && capitals > small ? 'suspect' : undefined;
}

/** Whether a person would still make something of it. */
export function isReadable({ text }: Pick<Decoded, 'text'>): boolean {
  const sample = text.slice(0, sampleLength);
  return (sample.match(/\ufffd/g)?.length ?? 0) * 10 <= sample.length;
}

/** U+FFFD and the C1 controls, which no page means. */
function undefinedIn(sample: string): number {
  return sample.match(/[\ufffd\u0080-\u009f]/g)?.length ?? 0;
}

/** Letters in runs of four and more that are not ASCII: none in French, nearly all in Russian read so. */
function lengthOfRuns(sample: string): number {
  return (sample.match(/[^\0-\x7f]{4,}/g) ?? []).reduce((sum, run) => sum + run.length, 0);
}
