import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { burmeseWords } from './crf/burmese-words.js';
import { CrfTagger } from './crf/crf-tagger.js';
import { vietnameseWords } from './crf/vietnamese-words.js';
import { laoWords } from './dictionaries/lao-words.js';
import { thaiWords } from './dictionaries/thai-words.js';

type Rows = readonly (readonly [text: string, words: readonly string[]])[];

/** By `dictionary_words.py`: PyThaiNLP, LaoNLP, pyvi, pyidaungsu with dictionaries and models of our own. */
const { thai, lao, vietnamese, burmese } = JSON.parse(
  readFileSync(new URL('fixtures/dictionary-words.json', import.meta.url), 'utf8'),
) as {
  readonly thai: { readonly words: readonly string[]; readonly rows: Rows };
  readonly lao: { readonly words: readonly string[]; readonly rows: Rows };
  readonly vietnamese: { readonly model: string; readonly words: readonly string[]; readonly rows: Rows };
  readonly burmese: { readonly model: string; readonly rows: Rows };
};
const model = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

describe('thaiWords', () => {
  const cut = thaiWords(thai.words);
  it.each(thai.rows)('cuts %j as PyThaiNLP does', (text, words) => {
    expect(cut(text)).toEqual(words);
  });

  it.each(['ตากลม', 'ก', 'เ', '1.', 'a', '😀', 'นา '])('takes a run of %j apart', (part) => {
    const run = part.repeat(20_000);
    expect(cut(run).join('')).toBe(run.replaceAll(' ', ''));
  });
});

describe('laoWords', () => {
  const cut = laoWords(lao.words);
  it.each(lao.rows)('cuts %j as LaoNLP does', (text, words) => {
    expect(cut(text)).toEqual(words);
  });

  it.each(['ນາ', 'ກ', 'ໆ', '1.', '😀'])('takes a run of %j apart', (part) => {
    expect(cut(part.repeat(20_000)).join('')).toBe(part.repeat(20_000));
  });
});

describe('vietnameseWords', () => {
  const tagger = new CrfTagger(model(vietnamese.model));
  const cut = vietnameseWords({ tagger, words: vietnamese.words });
  it.each(vietnamese.rows)('cuts %j as pyvi does in spaCy', (text, words) => {
    expect(cut(text)).toEqual(words);
  });

  it.each(['a.', 'a@', '1,', 'x', ' ', 'khu vườn '])('takes a run of %j apart', (part) => {
    const run = part.repeat(20_000);
    expect(cut(run).join('').replaceAll(' ', '')).toBe(run.replaceAll(' ', ''));
  });
});

describe('burmeseWords', () => {
  const cut = burmeseWords(new CrfTagger(model(burmese.model)));
  it.each(burmese.rows)('cuts %j as pyidaungsu does', (text, words) => {
    expect(cut(text)).toEqual(words);
  });
});

describe('CrfTagger', () => {
  it('finds its model in a pickle, as bytes and as text', () => {
    const bytes = model(burmese.model);
    const text = Buffer.from(Buffer.from(bytes).toString('latin1'), 'utf8');
    const header = Buffer.alloc(5);
    header.writeUInt32LE(text.length, 1);
    header[0] = 0x58;
    const { labels } = new CrfTagger(bytes);
    expect(labels).toEqual(['1', '0']);
    expect(new CrfTagger(Buffer.concat([Buffer.from('…model…'), bytes])).labels).toEqual(labels);
    expect(new CrfTagger(Buffer.concat([Buffer.from('…'), header, text])).labels).toEqual(labels);
  });

  it('refuses what is no model, and half of one', () => {
    const invalid = expect.objectContaining({ code: 'data/crf-invalid' });
    expect(() => new CrfTagger(new Uint8Array(100))).toThrow(invalid);
    const bytes = model(burmese.model);
    expect(() => new CrfTagger(bytes.subarray(0, 500))).toThrow(invalid);
    for (const field of [24, 28, 32, 36]) {
      const wrong = bytes.slice();
      new DataView(wrong.buffer).setUint32(field, 0xfffffff0, true);
      expect(() => new CrfTagger(wrong)).toThrow(invalid);
    }
  });
});
