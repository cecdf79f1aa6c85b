/** Code points that the filters test against, as datatrove 0.10 has them, in hexadecimal ranges. */

/** `21 2e 3f-40` → the set of those code points as one-character strings. */
function characters(ranges: string): ReadonlySet<string> {
  const set = new Set<string>();
  for (const range of ranges.split(' ')) {
    const [first = '0', last = first] = range.split('-');
    for (let code = Number.parseInt(first, 16); code <= Number.parseInt(last, 16); code++) {
      set.add(String.fromCodePoint(code));
    }
  }
  return set;
}

const sentenceEndRanges =
  '21 2e 3f 589 61f 6d4 700-702 7f9 964-965 104a-104b 1362 1367-1368 166e 1735-1736 1803 1809 1944-1945 1aa8-1aab ' +
  '1b5a-1b5b 1b5e-1b5f 1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c 3002 a4ff a60e-a60f a6f3 a6f7 a876-a877 ' +
  'a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb fe52 fe56-fe57 ff01 ff0e ff1f ff61 10a56-10a57 11047-11048 ' +
  '110be-110c1 11141-11143 111c5-111c6 111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c 115c2-115c3 ' +
  '115c9-115d7 11641-11642 1173c-1173e 11a42-11a43 11a9b-11a9c 11c41-11c42 16a6e-16a6f 16af5 16b37-16b38 16b44 ' +
  '1bc9f 1da88';

/** Characters that end a sentence for spaCy's rule-based sentencizer. */
export const sentenceEnds = characters(sentenceEndRanges);

/** Characters that may end a line of prose (159 of them; quotation marks are not among them). */
export const terminalPunctuation = characters(
  `${sentenceEndRanges} 61d-61e 837 839 83d-83e 17d4-17d6 17d9-17da 1b7d-1b7e 2e53-2e54 10f55-10f59 10f86-10f89 11944 ` +
    '11946 11ef7-11ef8 11f43-11f44 16e98',
);

const punctuationRanges =
  '0-8 b-1f 21-2f 3a-40 5b-60 7b-9f ab b4 bb 2013-2014 2019 201c-201e 2026 2236 2501 25ba 3001-3002 3008-300d ' +
  '3010-3011 ff01 ff05 ff08-ff09 ff0c ff0e ff11 ff1a-ff1b ff1f ff5e';

/** A word made of these alone is a symbol, not a word (Gopher), in the FineWeb release. */
export const releaseSymbolCharacters = characters(punctuationRanges);
/** And today. */
export const symbolCharacters: ReadonlySet<string> = new Set([
  ...releaseSymbolCharacters,
  ...terminalPunctuation,
]);

/** Matches each character that is replaced by a blank before shingles are made (MinHash). */
export const shinglePunctuation = new RegExp(
  `[${punctuationRanges.replace(/[0-9a-f]+/g, (code) => `\\u{${code}}`).replaceAll(' ', '')}]`,
  'gu',
);
