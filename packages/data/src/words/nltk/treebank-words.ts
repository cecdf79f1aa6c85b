/**
 * Words of one English sentence as the word tokenizer of NLTK 3.8 cuts them, after the Penn Treebank's rules:
 * marks are words of their own, the last full stop too, quotes become `` and '', contractions are cut
 * (`do n't`, `can not`). The rules rewrite the sentence one after the other; blanks then part the words.
 */
import { isPythonSpace, splitOnSpace } from '../python-text.js';

const word = '[\\p{L}\\p{N}_]';
/** Python's `i` without case matches these, too. */
const i = '[iı\u0130]';

const ruled = /[.,:;@#$%&?!*'"`“”‘’„«»<>()[\]{}-]/;
const contracted = new RegExp(`cannot|d'ye|g${i}mme|gonna|gotta|lemme|more'n|wanna| 't(?:${i}s|was)`, 'iu');

const openingQuotes: readonly (readonly [RegExp, string])[] = [
  [/[«“‘„]|`+/g, ' $& '],
  [/^"/, '``'],
  [/``/g, ' $& '],
  [/([ ([{<])(?:"|'')/g, '$1 `` '],
  [new RegExp(`'(?!re|ve|ll|m|t|s|d|n)(${word})(?!${word})`, 'giu'), "' $1"],
];
const beforeLastStop: readonly (readonly [RegExp, string])[] = [
  [/([:,])([^\p{Nd}])/gu, ' $1 $2'],
  [/[:,](?=\n?$)/, ' $& '],
  [/\.{2,}/g, ' $& '],
  [/[;@#$%&]/g, ' $& '],
];
const behindLastStop: readonly (readonly [RegExp, string])[] = [
  [/[?!]/g, ' $& '],
  [/([^'])' /gu, "$1 ' "],
  [/\*/g, ' $& '],
  [/[\][(){}<>]/g, ' $& '],
  [/--/g, ' -- '],
];
const endings: readonly (readonly [RegExp, string])[] = [
  [/[»”’]/g, ' $& '],
  [/''|"/g, " '' "],
  [/([^' ])('[sSmMdD]|') /gu, '$1 $2 '],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, '$1 $2 '],
];
const edge = `(?<!${word})`;
const contractions: readonly RegExp[] = [
  ['(can)(not)', ''],
  ["(d)('ye)", ''],
  [`(g${i}m)(me)`, ''],
  ['(gon)(na)', ''],
  ['(got)(ta)', ''],
  ['(lem)(me)', ''],
  ["(more)('n)", ''],
  [
    '(wan)(na)',
    '(?=[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000])',
  ],
].map(([parts, behind]) => new RegExp(`${edge}${parts}${behind === '' ? `(?!${word})` : behind}`, 'giu'));
const archaic: readonly RegExp[] = [`${i}s`, 'was'].map(
  (verb) => new RegExp(` ('t)(${verb})(?!${word})`, 'giu'),
);

export function treebankWords(sentence: string): string[] {
  let text = sentence;
  if (ruled.test(text)) {
    text = apply(openingQuotes, text);
    text = cutLastStop(text, ']) }>"\'»”’', ' ');
    text = apply(beforeLastStop, text);
    text = cutLastStop(text, ')]}>"\'', '');
    text = apply(behindLastStop, text);
  }
  text = ` ${text} `;
  text = apply(endings, text);
  if (contracted.test(text))
    for (const rule of [...contractions, ...archaic]) text = text.replace(rule, ' $1 $2 ');
  return splitOnSpace(text);
}

function apply(rules: readonly (readonly [RegExp, string])[], text: string): string {
  let result = text;
  for (const [rule, replacement] of rules) result = result.replace(rule, replacement);
  return result;
}

/** The full stop that only closing marks and white space follow; not the last of several. */
function cutLastStop(text: string, closing: string, gap: string): string {
  const stop = text.lastIndexOf('.');
  if (stop < 1 || text[stop - 1] === '.') return text;
  let end = stop + 1;
  while (end < text.length && closing.includes(text[end]!)) end++;
  for (let at = end; at < text.length; at++) if (!isPythonSpace(text.charCodeAt(at))) return text;
  return `${text.slice(0, stop)} .${gap}${text.slice(stop + 1, end)} `;
}
