/**
 * What Punkt (Kiss and Strunk 2006) learned of a language, in the four files of a folder of NLTK's
 * `punkt_tab`. None comes with the package: NLTK's models state no licence.
 */
import { LlmError } from '@llm/core';

export interface PunktParameters {
  /** Lower case, without the last full stop. */
  readonly abbreviations: ReadonlySet<string>;
  /** Two words with a tabulator between them: the full stop behind the first ends no sentence. */
  readonly collocations: ReadonlySet<string>;
  readonly sentenceStarters: ReadonlySet<string>;
  /** How words were seen to be written: sums of the flags of `context`. */
  readonly contexts: ReadonlyMap<string, number>;
}

const [beginningUpper, middleUpper, unknownUpper, beginningLower, middleLower, unknownLower] = [
  2, 4, 8, 16, 32, 64,
] as const;
export const context = {
  middleUpper,
  beginningLower,
  upper: beginningUpper + middleUpper + unknownUpper,
  lower: beginningLower + middleLower + unknownLower,
} as const;

export const punktFiles = [
  'abbrev_types.txt',
  'collocations.tab',
  'sent_starters.txt',
  'ortho_context.tab',
] as const;
export type PunktFiles = Readonly<Record<(typeof punktFiles)[number], string>>;

/** Throws `data/punkt-invalid`, which names file and line. */
export function readPunktParameters(files: PunktFiles): PunktParameters {
  const contexts = new Map<string, number>();
  for (const [at, line] of linesOf(files['ortho_context.tab']).entries()) {
    const [word = '', flags = ''] = line.split('\t');
    if (!/^\d+$/.test(flags))
      throw invalid('ortho_context.tab', at, line, 'a word, a tabulator and a number');
    contexts.set(word, Number(flags));
  }
  const collocations = linesOf(files['collocations.tab']);
  for (const [at, line] of collocations.entries())
    if (line.split('\t').length !== 2)
      throw invalid('collocations.tab', at, line, 'two words with a tabulator between them');
  return {
    abbreviations: new Set(linesOf(files['abbrev_types.txt'])),
    collocations: new Set(collocations),
    sentenceStarters: new Set(linesOf(files['sent_starters.txt'])),
    contexts,
  };
}

function linesOf(file: string): string[] {
  return file.split(/\r?\n/).filter((line) => line !== '');
}

function invalid(file: string, at: number, line: string, expected: string): LlmError {
  return new LlmError({
    code: 'data/punkt-invalid',
    message: `${file}, line ${at + 1}: "${line.slice(0, 60)}" is not ${expected}. Give a folder of NLTK's punkt_tab, such as nltk_data/tokenizers/punkt_tab/english.`,
    details: { file, line: at + 1 },
  });
}
