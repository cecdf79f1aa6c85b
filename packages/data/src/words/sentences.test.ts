import { describe, expect, it } from 'vitest';
import { countSentences, sentenceSpans, sentencesIn } from './sentences.js';

describe('countSentences', () => {
  it.each([
    ['', 0],
    [' \n', 1],
    ['no end', 1],
    ['One. Two! Three?', 3],
    ['One. \n\n', 2],
    ['He said "Stop." Then he went.', 2],
    // The sentencizer's marks are single characters: three dots end nothing.
    ['Wait... what?! Yes.', 2],
    ['Version 2.5 is out.', 1],
  ])('counts %j', (text, count) => {
    expect(countSentences(text)).toBe(count);
  });
});

describe('sentencesIn', () => {
  // Sentences and spans of spaCy 3.8's blank pipelines with the sentencizer.
  it.each([
    ['en', 'One.  Two!\n\nThree. \n', ['One.', 'Two!', 'Three.']],
    ['fra_Latn', "C'est ici. L'eau monte ! Oui…", ["C'est ici.", "L'eau monte !", 'Oui…']],
    ['rus_Cyrl', 'Да. «Нет!» — сказал он.', ['Да. «', 'Нет!» —', 'сказал он.']],
    ['cmn_Hani', '桥很老。花园小！', ['桥很老。', '花园小！']],
    ['cmn_Hani', '把玩.. 不过。花园', ['把玩.. 不过。', '花园']],
    // pyvi's abbreviations.
    ['vie_Latn', 'Ông ở TP. Hồ Chí Minh. Rồi đi!', ['Ông ở TP. Hồ Chí Minh.', 'Rồi đi!']],
  ])('cuts %s', (language, text, sentences) => {
    expect(sentencesIn(text, language)).toEqual(sentences);
  });

  // Sentences of IndicNLP 0.92.
  it.each([
    [
      'hin_Deva',
      'पुल पुराना है। कौन आया? वह! 12.5 कि.मी. दूर है।',
      ['पुल पुराना है।', 'कौन आया?', 'वह!', '12.5 कि.मी. दूर है।'],
    ],
    ['hi', 'डॉ. शर्मा आए. वे के. पी. सिंह से मिले. बस.', ['डॉ. शर्मा आए.', 'वे के. पी. सिंह से मिले.', 'बस.']],
    ['tam_Taml', 'க. பாலம் பழையது. அது 3.5 மீட்டர். யார்?', ['க. பாலம் பழையது.', 'அது 3.5 மீட்டர்.', 'யார்?']],
    ['ben_Beng', 'সেতুটি পুরোনো। কে এল? এ. বি. সি.', ['সেতুটি পুরোনো।', 'কে এল?', 'এ. বি. সি.']],
    ['mar_Deva', 'श्री. पाटील आले. 5. मग गेले.', ['श्री. पाटील आले.', '5. मग गेले.']],
  ])('cuts %s: %s', (language, text, sentences) => {
    expect(sentencesIn(text, language)).toEqual(sentences);
    expect(sentenceSpans(text, language).map(({ start, end }) => text.slice(start, end))).toEqual(sentences);
  });

  it('says where they are', () => {
    expect(sentenceSpans('One.  Two!\n', 'en')).toEqual([
      { start: 0, end: 4 },
      { start: 5, end: 10 },
      { start: 10, end: 11 },
    ]);
    expect(sentenceSpans('वह! कौन?\n', 'hi')).toEqual([
      { start: 0, end: 3 },
      { start: 4, end: 9 },
    ]);
  });
});
