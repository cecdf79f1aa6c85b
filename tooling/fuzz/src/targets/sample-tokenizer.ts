/** A small tokenizer of our own training, and text that reaches all its parts. */
import { chatSpecialTokens, trainTokenizer } from '@llm/tokenizer';

export const sample = "Hello, World's naïve   12345 текст 你好 👩‍👩‍👧 <|bos|> \r\n\t end.";

export const tokenizer = await trainTokenizer([sample, 'the cat sat on the mat '.repeat(9)], {
  vocabularySize: 300,
  specialTokens: chatSpecialTokens,
});
