/**
 * The words of a text by the rules of its language, as FineWeb-2's filters count them. English has spaCy's
 * exceptions; languages written without blanks are cut by the platform's dictionaries (Intl.Segmenter, ICU);
 * all others by the affix rules that spaCy's languages share. Left out: the exceptions (abbreviations,
 * contractions) of single languages, and the segmenters that datatrove takes for Chinese, Japanese, Thai and
 * Korean, which count other words.
 */
import { baseExceptions } from './base-exceptions.js';
import { english } from './english-words.js';
import { isPythonSpace } from './python-text.js';
import { WordSplitter } from './word-splitter.js';

/** By ISO 639-1. Hyphens stay inside the words of these; `28-letnia` is three words of Polish. */
const wholeHyphens = languages('ca da de es fi hu nb nl no pt sv');
const withElision = languages('ca fr it');
const withOrdinals = languages('ar da de el hu nb no sl tr');
/** The codes of FineWeb-2 and of lid.176 for the languages above. */
const shortCodes: Readonly<Record<string, string>> = {
  arb: 'ar',
  cat: 'ca',
  dan: 'da',
  deu: 'de',
  ell: 'el',
  fin: 'fi',
  fra: 'fr',
  hun: 'hu',
  ind: 'id',
  ita: 'it',
  nld: 'nl',
  nob: 'nb',
  pol: 'pl',
  por: 'pt',
  ron: 'ro',
  slv: 'sl',
  spa: 'es',
  swe: 'sv',
  tur: 'tr',
};
/** By what they do: most languages share one. */
const splitters = new Map<string, WordSplitter>();

/** Language or script → locale of the dictionary. */
const withoutBlanks: Readonly<Record<string, string>> = {
  zh: 'zh',
  Hani: 'zh',
  Hans: 'zh',
  Hant: 'zh',
  ja: 'ja',
  Jpan: 'ja',
  th: 'th',
  Thai: 'th',
  lo: 'lo',
  Laoo: 'lo',
  km: 'km',
  Khmr: 'km',
  my: 'my',
  Mymr: 'my',
  bo: 'bo',
  Tibt: 'bo',
};
const segmenters = new Map<string, WordCutter>();

/**
 * `language` as ISO 639-1 (`de`) or ISO 639-3 with its script (`deu_Latn`); any other has the shared rules.
 */
export function wordsIn(text: string, language: string): readonly string[] {
  return cutterOf(language).words(text);
}

/** Cuts text into words; the tokens of a piece without white space, put together, are the piece. */
export interface WordCutter {
  words(text: string): readonly string[];
  pieceTokens(piece: string): readonly string[];
}

export function cutterOf(language: string): WordCutter {
  if (language === 'en' || language === 'eng_Latn') return english;
  const locale = withoutBlanks[language] ?? withoutBlanks[language.split('_')[1] ?? ''];
  return locale === undefined ? splitterOf(language) : segmenterOf(locale);
}

class Segmenter implements WordCutter {
  readonly #segmenter: Intl.Segmenter;

  constructor(locale: string) {
    this.#segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  }

  words(text: string): readonly string[] {
    return this.pieceTokens(text).filter((segment) => !isPythonSpace(segment.charCodeAt(0)));
  }

  pieceTokens(piece: string): readonly string[] {
    return Array.from(this.#segmenter.segment(piece), ({ segment }) => segment);
  }
}

function segmenterOf(locale: string): WordCutter {
  let segmenter = segmenters.get(locale);
  if (segmenter === undefined) {
    segmenter = new Segmenter(locale);
    segmenters.set(locale, segmenter);
  }
  return segmenter;
}

function splitterOf(language: string): WordSplitter {
  const code = shortCodes[language.split('_')[0] ?? ''] ?? language;
  const hyphens = wholeHyphens.has(code)
    ? 'whole'
    : code === 'pl'
      ? 'behind-letters-and-digits'
      : 'behind-letters';
  const [elision, ordinals] = [withElision.has(code), withOrdinals.has(code)];
  const key = `${hyphens} ${elision} ${ordinals}`;
  let splitter = splitters.get(key);
  if (splitter === undefined) {
    splitter = new WordSplitter({ exceptions: baseExceptions, hyphens, elision, ordinals });
    splitters.set(key, splitter);
  }
  return splitter;
}

function languages(codes: string): ReadonlySet<string> {
  return new Set(codes.split(' '));
}
