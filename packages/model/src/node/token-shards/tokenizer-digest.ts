/** Whether ids are this tokenizer's: a digest of its vocabulary and of how it cuts a probe text. */
import { createHash } from 'node:crypto';
import type { Tokenizer } from '@llm/core';

/** Letters, digits, spaces, line breaks, accents and scripts: what pre-tokenizers treat differently. */
const probe =
  "It's 12345 tests; don't (ever) merge\tthem!\r\n\r\n  Ünïcödé ВЕСНА 東京都 한국어 مرحبا नमस्ते 😀 foo_bar(x) = 3.14159\n";

/** SHA-256, in hexadecimal. */
export function tokenizerDigest(tokenizer: Tokenizer): string {
  const hash = createHash('sha256').update(`${tokenizer.vocabularySize}\n`);
  for (let id = 0; id < tokenizer.vocabularySize; id++) {
    const bytes = tokenizer.decodeBytes([id]);
    hash.update(`${bytes.length}:`).update(bytes);
  }
  for (const [text, id] of [...tokenizer.specialTokens].sort(([, a], [, b]) => a - b))
    hash.update(`${id}=${text}\n`);
  return hash.update(tokenizer.encode(probe).join()).digest('hex');
}
