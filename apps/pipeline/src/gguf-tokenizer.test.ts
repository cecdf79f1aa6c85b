/** Two packages meet in a GGUF file: text becomes the same ids in the real llama.cpp as in @llm/tokenizer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { llamaCppMissing, loadInLlamaCpp } from '@llm/build/llama-cpp';
import { createRandom } from '@llm/core';
import { createModelConfig, initialParameters } from '@llm/model';
import { writeGguf } from '@llm/model/export';
import { chatSpecialTokens, toGgufTokenizer, trainTokenizer } from '@llm/tokenizer';
import { afterAll, expect, test } from 'vitest';

// Slow: llama.cpp loads the written files

const missing = llamaCppMissing();
const directory = mkdtempSync(join(tmpdir(), 'llm-gguf-'));
afterAll(() => rmSync(directory, { recursive: true }));

const texts = [
  'The cat sat on the mat, and the dog sat on the log.',
  "I'm sure they'll say it's HERS; WE'VE SEEN it, don't you think?",
  '12 + 30 = 42; 1234567890 3.14159 1,000,000 v2.0.1 ½ ² ٣٤ Ⅻ',
  'Zażółć gęślą jaźń. Ünïcödé naïve café — “quoted” … «guillemets»',
  'Привет, как дела? 你好，世界。こんにちは世界 안녕하세요 नमस्ते दुनिया สวัสดี مرحبا بالعالم שלום',
  'emoji 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 e\u0301 a\u0308 \u200b\u00a0\u3000|',
  '  leading, trailing  \n\n\n\tindented\r\n  if (x) {\n    return a[i] += 1;  // done\n  }\n\n ',
  "camelCaseWords HTTPServer iPhone McDonald USA's snake_case kebab-case https://example.org/a?b=c&d=%20",
  '<|bos|><|user|> is text here',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaa abababababababab ............ ======== \n \n  \n   x',
];

/** Cuts of the texts in random order, so that pieces meet that no author puts side by side. */
function shuffled(count: number): string[] {
  const random = createRandom(7);
  const characters = Array.from(texts.join(' '));
  return Array.from({ length: count }, () =>
    Array.from({ length: 12 }, () => {
      const start = random.integer(characters.length);
      return characters.slice(start, start + 1 + random.integer(6)).join('');
    }).join(''),
  );
}

test.skipIf(missing).each(['gpt2', 'cl100k', 'o200k', 'singleDigits'] as const)(
  'llama.cpp tokenizes as a trained tokenizer with the %s pattern does',
  async (pattern) => {
    const tokenizer = await trainTokenizer(texts, {
      vocabularySize: 900,
      specialTokens: chatSpecialTokens,
      pattern,
    });
    const { vocabularySize } = tokenizer;
    const config = createModelConfig({ depth: 1, width: 32, heads: 2, vocabularySize, contextLength: 32 });
    const path = join(directory, `${pattern}.gguf`);
    writeFileSync(
      path,
      writeGguf({ config, parameters: initialParameters(config, 0), tokenizer: toGgufTokenizer(tokenizer) }),
    );
    const theirs = await loadInLlamaCpp(path);
    for (const text of [...texts, ...shuffled(300)]) {
      expect(theirs.tokenize(text), text).toEqual([...tokenizer.encode(text)]);
      const special = `<|bos|>${text}`;
      expect(theirs.tokenize(special, true)).toEqual([...tokenizer.encode(special, { allowSpecial: true })]);
    }
    await theirs.dispose();
  },
);
