/** What a `Tokenizer` must do. */
import type { Tokenizer } from '../../contracts/tokenizer.js';
import type { ContractTools } from './contract-tools.js';

const texts = [
  '',
  'hello world',
  '  two  spaces\n\n\tand tabs\r\n',
  'naïve café — “quotes” … 12345 3.14',
  'Привет мир, 你好世界, مرحبا, 👩‍👩‍👧‍👦 🇪🇺',
  '<|bos|><|endoftext|> is text here',
  '\ufeffbyte order mark, \u0085 next line, \u0000 null',
];

export function tokenizerContract({ test, expect }: ContractTools, create: () => Tokenizer): void {
  test('decode(encode(text)) is text, and its bytes are the UTF-8 bytes', () => {
    const tokenizer = create();
    for (const text of texts) {
      const ids = tokenizer.encode(text);
      expect(tokenizer.decode(ids)).toBe(text);
      expect([...tokenizer.decodeBytes(ids)]).toEqual([...new TextEncoder().encode(text)]);
    }
  });
  test('byteLength adds up to the bytes of the text', () => {
    const tokenizer = create();
    for (const text of texts) {
      const total = tokenizer.encode(text).reduce((sum, id) => sum + tokenizer.byteLength(id), 0);
      expect(total).toBe(new TextEncoder().encode(text).length);
    }
  });
  test('text never becomes a special token, and every id is below vocabularySize', () => {
    const tokenizer = create();
    for (const [text, special] of tokenizer.specialTokens) {
      const ids = tokenizer.encode(`a${text}b`);
      expect(ids.includes(special)).toBe(false);
      expect(special).toBeLessThan(tokenizer.vocabularySize);
      for (const id of ids) expect(id).toBeLessThan(tokenizer.vocabularySize);
    }
  });
}
