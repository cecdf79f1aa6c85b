/**
 * The language filter of FineWeb: a page stays when its most likely language is one of the selected ones with a score
 * above 0.65. The identifier is given; `/node` loads fastText's lid.176. The model sees the text on one line.
 */
export interface LanguageGuess {
  /** ISO 639-1 code where there is one, as lid.176 writes it: `en`, `de`, `arz`. */
  readonly language: string;
  /** 0…1. */
  readonly score: number;
}

export interface LanguageIdentifier {
  /** The most likely language of one line of text. */
  identify(line: string): LanguageGuess;
}

export interface LanguageFilterOptions {
  /** Default `['en']`; an empty list keeps every language that scores above the threshold. */
  readonly languages?: readonly string[] | undefined;
  /** Default 0.65. */
  readonly threshold?: number | undefined;
}

export type LanguageResult =
  | ({ readonly kind: 'pass' } & LanguageGuess)
  | ({ readonly kind: 'drop'; readonly reason: 'not-selected' | 'low-score' } & LanguageGuess);

export function filterLanguage(
  text: string,
  identifier: LanguageIdentifier,
  options: LanguageFilterOptions = {},
): LanguageResult {
  const languages = options.languages ?? ['en'];
  const guess = identifier.identify(text.replaceAll('\n', ' '));
  if (languages.length > 0 && !languages.includes(guess.language)) {
    return { kind: 'drop', reason: 'not-selected', ...guess };
  }
  if (guess.score <= (options.threshold ?? 0.65)) return { kind: 'drop', reason: 'low-score', ...guess };
  return { kind: 'pass', ...guess };
}
