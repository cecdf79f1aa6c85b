/**
 * The words of a text by the rules of its language, as FineWeb-2's filters count them. Languages have spaCy's
 * rules and exceptions; those of India are cut as IndicNLP cuts them; those written without blanks are cut
 * by the platform's dictionaries (Intl.Segmenter, ICU) or by a cutter that the caller brings. Left out: the
 * dictionaries and models that datatrove takes for Chinese, Japanese, Thai, Vietnamese, Korean and others,
 * which count other words (`thaiWords`, `vietnameseWords` and `burmeseWords` read them).
 */
import { english } from './english-words.js';
import { indic, urdu } from './indic-words.js';
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
import { vietnamese } from './vietnamese-syllables.js';
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
/** The code of IndicNLP for each language that datatrove has it cut. */
const indicCodes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{
      as: 'asm',
      bn: 'ben bpy syl',
      gu: 'guj',
      kK: 'gom kex',
      kn: 'kan tcy',
      ml: 'mal',
      mr: 'mar',
      or: 'ori ory',
    },
    ...{
      hi: 'anp bho brx ghe hin kle lif mag mai new rav rjs sck suz taj thl xsr',
      ne: 'awa dty hne mup nep npi',
    },
    ...{ pa: 'pan', sa: 'san', si: 'sin', ta: 'tam', te: 'kff tel wsg' },
  }).flatMap(([code, names]) => [code, ...names.split(' ')].map((name) => [name, code] as const)),
);
/** Languages in Arabic script that IndicNLP cuts as it cuts Urdu. */
const urduCodes: ReadonlySet<string> = new Set(
  'ur urd bcc ckb glk hac kas ks kur ku lki lrc mzn pbt pnb pus ps sdh skr snd sd'.split(' '),
);

/** The code of IndicNLP; undefined for what it does not cut. `mar`, `mr` → `mr`. */
export function indicCode(language: string): string | undefined {
  const [name = '', script = ''] = language.split('_');
  if (script === 'Latn' || script === 'Arab') return undefined;
  return script === 'Deva' && urduCodes.has(name) ? 'mr' : indicCodes.get(name);
}

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
  if (indicCode(language) !== undefined) return indic;
  if (urduCodes.has(code) && (script === '' || script === 'Arab')) return urdu;
  if (code === 'vi' || code === 'vie') return vietnamese;
  const own = rules[code];
  if (own !== undefined) return new WordSplitter(own());
  plain ??= new WordSplitter();
  return plain;
}

class Segmenter implements WordCutter {
  readonly #segmenter: Intl.Segmenter;
  readonly #joinsMarks: boolean;

  constructor(locale: string) {
    this.#segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
    this.#joinsMarks = locale === 'zh';
  }

  words(text: string): readonly string[] {
    return this.pieceTokens(text).filter((segment) => !isPythonSpace(segment.charCodeAt(0)));
  }

  pieceTokens(piece: string): readonly string[] {
    const tokens = Array.from(this.#segmenter.segment(piece), ({ segment }) => segment);
    return this.#joinsMarks && latinMarks.test(piece) ? joinMarks(tokens) : tokens;
  }
}

/** Jieba, which cuts Chinese for datatrove, keeps such marks in a row together: two stops end nothing. */
const latinMarks = /[+#&._%-]{2}/;

function joinMarks(tokens: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const token of tokens) {
    const last = joined.length - 1;
    if (last >= 0 && latinMarks.test(`${joined[last]!.at(-1)!}${token[0]!}`)) joined[last] += token;
    else joined.push(token);
  }
  return joined;
}
