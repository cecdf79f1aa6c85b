/**
 * A file that our training wrote, loaded by Hugging Face
 * `tokenizers` (Rust), gives our ids. Needs `npm run bench:peers`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, test } from 'vitest';
import { chatSpecialTokens } from '../chat/chat-special-tokens.js';
import { type PatternName, patterns } from '../pretokenize/patterns.js';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { toTokenizerJson } from './write-tokenizer-json.js';

const file = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const python = file('.peers/bin/python');
const hasPeer = existsSync(python);
if (!hasPeer)
  process.stderr.write('SKIPPED: loading our files in Rust needs Python peers (npm run bench:peers)\n');
const declarations = sharedDataPath('lang-udhr/udhr.jsonl.gz');

describe.skipIf(!hasPeer || declarations === undefined)('tokenizers in Rust', () => {
  const lines =
    declarations === undefined ? [] : gunzipSync(readFileSync(declarations)).toString().trim().split('\n');
  const texts = lines.map((line) =>
    (JSON.parse(line) as { text: string }).text.slice(0, 300).replace(/[\ud800-\udbff]$/, ''),
  );
  test.each(Object.keys(patterns) as PatternName[])('%s', async (pattern) => {
    const tokenizer = await trainTokenizer(texts, {
      vocabularySize: 2000,
      pattern,
      specialTokens: chatSpecialTokens,
    });
    const task = { file: JSON.parse(toTokenizerJson(tokenizer)) as unknown, texts };
    const output = execFileSync(python, [file('tooling/oracles/tokenizer/encode.py')], {
      input: JSON.stringify(task),
      maxBuffer: 1 << 28,
    });
    expect(texts.map((text) => [...tokenizer.encode(text)])).toEqual(JSON.parse(output.toString()));
  });
});
