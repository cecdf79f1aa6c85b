/**
 * The words of a text by the rules of its language, as FineWeb-2's filters count them. Languages have spaCy's
 * rules and exceptions; those of India are cut as IndicNLP cuts them; those written without blanks are cut
 * by the platform's dictionaries (Intl.Segmenter, ICU) or by a cutter that the caller brings. Left out: the
 * dictionaries that datatrove takes for Chinese, Japanese, Thai, Vietnamese, Korean and others, which count
 * other words.
 */
import { english } from './english-words.js';
import { indic } from './indic-words.js';
import type { LanguageRules } from './language-rules.js';
import { arabic } from './languages/arabic.js';
import { bulgarian } from './languages/bulgarian.js';
import { catalan } from './languages/catalan.js';
import { danish } from './languages/danish.js';
import { dutch } from './languages/dutch.js';
import { finnish } from './languages/finnish.js';
import { french } from './languages/french.js';
import { german } from './languages/german.js';
import { greek } from './languages/greek.js';
import { hungarian } from './languages/hungarian.js';
import { indonesian } from './languages/indonesian.js';
import { italian } from './languages/italian.js';
import { lithuanian } from './languages/lithuanian.js';
import { norwegian } from './languages/norwegian.js';
import { persian } from './languages/persian.js';
import { polish } from './languages/polish.js';
import { portuguese } from './languages/portuguese.js';
import { romanian } from './languages/romanian.js';
import { russian } from './languages/russian.js';
import { serbian } from './languages/serbian.js';
import { slovenian } from './languages/slovenian.js';
import { spanish } from './languages/spanish.js';
import { swedish } from './languages/swedish.js';
import { turkish } from './languages/turkish.js';
import { ukrainian } from './languages/ukrainian.js';
import { isPythonSpace } from './python-text.js';
import type { WordCutter } from './word-cutter.js';
import { WordSplitter } from './word-splitter.js';

/** By ISO 639-1; the others have what all share. */
const rules: Readonly<Record<string, () => LanguageRules>> = {
  ar: arabic,
  bg: bulgarian,
  ca: catalan,
  da: danish,
  de: german,
  el: greek,
  es: spanish,
  fa: persian,
  fi: finnish,
  fr: french,
  hu: hungarian,
  id: indonesian,
  it: italian,
  lt: lithuanian,
  nb: norwegian,
  nl: dutch,
  pl: polish,
  pt: portuguese,
  ro: romanian,
  ru: russian,
  sl: slovenian,
  sr: serbian,
  sv: swedish,
  tr: turkish,
  uk: ukrainian,
};
/** The codes of FineWeb-2 for the languages above. */
const shortCodes: Readonly<Record<string, string>> = {
  arb: 'ar',
  bul: 'bg',
  cat: 'ca',
  dan: 'da',
  deu: 'de',
  ell: 'el',
  fas: 'fa',
  fin: 'fi',
  fra: 'fr',
  hun: 'hu',
  ind: 'id',
  ita: 'it',
  lit: 'lt',
  nld: 'nl',
  nob: 'nb',
  pol: 'pl',
  por: 'pt',
  ron: 'ro',
  rus: 'ru',
  slv: 'sl',
  spa: 'es',
  srp: 'sr',
  swe: 'sv',
  tur: 'tr',
  ukr: 'uk',
};
const indicCodes: ReadonlySet<string> = new Set(
  'as asm bn ben gu guj hi hin kn kan ml mal mr mar ne npi or ory pa pan sa san si sin ta tam te tel'.split(
    ' ',
  ),
);
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
const cutters = new Map<string, WordCutter>();
let plain: WordCutter | undefined;

/**
 * `language` as ISO 639-1 (`de`) or ISO 639-3 with its script (`deu_Latn`); any other has the shared rules.
 */
export function wordsIn(text: string, language: string): readonly string[] {
  return cutterOf(language).words(text);
}

export function cutterOf(language: string): WordCutter {
  let cutter = cutters.get(language);
  if (cutter === undefined) {
    cutter = newCutter(language);
    cutters.set(language, cutter);
  }
  return cutter;
}

function newCutter(language: string): WordCutter {
  const [name = '', script = ''] = language.split('_');
  const code = shortCodes[name] ?? name;
  if (code === 'en' || code === 'eng') return english;
  const locale = withoutBlanks[code] ?? withoutBlanks[script];
  if (locale !== undefined) return new Segmenter(locale);
  if (indicCodes.has(code)) return indic;
  const own = rules[code];
  if (own !== undefined) return new WordSplitter(own());
  plain ??= new WordSplitter();
  return plain;
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
