import { describe, expect, it } from 'vitest';
import { decodeText } from '../../charset/decode-text.js';
import { encodeLegacy } from '../../charset/fixtures/encode-legacy.js';
import { detectCharset } from './detect-charset.js';

/** Article 1 of the Universal Declaration of Human Rights. */
const texts = {
  en: '“All human beings” – it’s said – are born free and equal in dignity and rights. They’re endowed with reason and conscience and should act towards one another in a spirit of brotherhood.',
  fr: 'Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.',
  pl: 'Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.',
  lt: 'Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė ir jie turi elgtis vienas kito atžvilgiu kaip broliai.',
  tr: 'Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.',
  ru: 'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.',
  el: 'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης.',
  he: 'כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם לנהוג איש ברעהו ברוח של אחווה.',
  ar: 'يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا بروح الإخاء.',
  th: 'มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ',
  ja: 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。',
  zh: '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。',
  tw: '人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。',
  ko: '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.',
};

const cases: [keyof typeof texts, string][] = [
  ...(['windows-1252', 'iso-8859-15'] as const).map((name): ['fr', string] => ['fr', name]),
  ...['windows-1250', 'iso-8859-2'].map((name): ['pl', string] => ['pl', name]),
  ...['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5', 'x-mac-cyrillic'].map((name): ['ru', string] => [
    'ru',
    name,
  ]),
  ...['windows-1253', 'iso-8859-7'].map((name): ['el', string] => ['el', name]),
  ...['shift_jis', 'euc-jp'].map((name): ['ja', string] => ['ja', name]),
  ['en', 'windows-1252'],
  ['lt', 'windows-1257'],
  ['tr', 'windows-1254'],
  ['he', 'windows-1255'],
  ['ar', 'windows-1256'],
  ['th', 'windows-874'],
  ['zh', 'gbk'],
  ['tw', 'big5'],
  ['ko', 'euc-kr'],
];

const page = (text: string): string =>
  `<html><head><title>T</title><link rel=stylesheet href=/s.css></head><body><p>${text}</p></body></html>`;

describe('detectCharset', () => {
  it.each(cases)('reads %s in %s that declares nothing', (language, charset) => {
    for (const text of [page(texts[language].repeat(3)), texts[language]]) {
      const decoded = decodeText(encodeLegacy(text, charset), { detect: detectCharset });
      expect(decoded?.text).toBe(text);
    }
  });

  it.each(cases)('reads %s in %s that is labelled wrong', (language, charset) => {
    const text = page(texts[language]);
    const bytes = encodeLegacy(text, charset);
    const labels = ['utf-8', 'klingon'];
    // Latin letters read in another Latin alphabet look like text: then the label is all there is.
    if (!['en', 'fr', 'pl', 'lt', 'tr'].includes(language)) labels.push('iso-8859-1', 'windows-1252');
    for (const httpCharset of labels) {
      const decoded = decodeText(bytes, { httpCharset, detect: detectCharset });
      expect([httpCharset, decoded?.text]).toEqual([httpCharset, text]);
    }
  });

  it('is asked for one encoding of Cyrillic called another', () => {
    for (const [charset, httpCharset] of [
      ['koi8-r', 'windows-1251'],
      ['windows-1251', 'koi8-r'],
      ['ibm866', 'windows-1251'],
    ] as const) {
      const bytes = encodeLegacy(page(texts.ru), charset);
      expect(decodeText(bytes, { httpCharset, detect: detectCharset })?.charset).toBe(charset);
    }
  });

  it.each([
    '<meta charset=constructor>',
    '<meta charset="__proto__">',
    "<META CHARSET='!toString!'>",
    '<meta http-equiv=content-type content="text/html; charset=valueOf">',
    '<?xml version="1.0" encoding="hasOwnProperty"?>',
    '# -*- coding: constructor -*-\n',
  ])('a label that names a property of every object is no label: %s', (declared) => {
    const bytes = encodeLegacy(`${declared}<p>${texts.ru}</p>`, 'windows-1251');
    expect(detectCharset(bytes)).toBe('windows-1251');
    expect(decodeText(bytes, { detect: detectCharset })?.text).toContain(texts.ru);
  });

  it('nor in EBCDIC', () => {
    // `<meta charset=constructor>`, among letters.
    const tag = '4c9485a3814083888199a285a37e839695a2a399a483a396996e';
    const bytes = Buffer.concat([Buffer.from(tag, 'hex'), Buffer.alloc(200, 0x89)]);
    expect(() => detectCharset(bytes)).not.toThrow();
  });

  it('finds the text of a page that is nearly all markup', () => {
    const markup = '<div class="box" style="margin:0 auto;padding:0 12px">.</div>'.repeat(3000);
    const text = `<html><body>${markup}<p>${texts.th}</p>${markup}</body></html>`;
    expect(detectCharset(encodeLegacy(text, 'windows-874'))).toBe('windows-874');
  });
});
