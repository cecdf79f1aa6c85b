/** `.tiktoken` and `tokenizer.json`: conversions between them, and files that are broken or hostile. */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { LlmError } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { loadEncoding } from '../encodings/load-encoding.js';
import { readGenuineFile } from '../encodings/source/pack-encoding.js';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { fromGgufTokenizer, toGgufTokenizer } from './gguf-tokenizer.js';
import { fromTokenizerJson } from './read-tokenizer-json.js';
import { fromTiktoken, toTiktoken } from './tiktoken-file.js';
import { toTokenizerJson } from './write-tokenizer-json.js';

// Slow: whole published vocabularies are written and read again

const samples = [
  "Hello, world! It's 2024.",
  'Привет мир, 你好世界 नमस्ते',
  'function f(x) {\n\treturn x ** 2;\n}\n',
  'unbelievableness antidisestablishmentarianism',
];

test('a .tiktoken file read and written is the same file', () => {
  const text = readGenuineFile('r50k_base');
  expect(toTiktoken(fromTiktoken(text, { pattern: 'gpt2' }))).toBe(text);
});

test('ranks written as tokenizer.json give the same ids here and in @huggingface/tokenizers', async () => {
  const tokenizer = await loadEncoding('gpt2');
  const json = toTokenizerJson(tokenizer);
  const again = fromTokenizerJson(json);
  const other = new HuggingFaceTokenizer(JSON.parse(json), {});
  for (const text of samples) {
    const ids = [...tokenizer.encode(text)];
    expect([...again.encode(text)]).toEqual(ids);
    expect(other.encode(text, { add_special_tokens: false }).ids).toEqual(ids);
  }
});

const trained = await trainTokenizer(samples, { vocabularySize: 300, specialTokens: ['<|bos|>'] });
const good = toTokenizerJson(trained);
type Json = { [key: string]: Json } & Json[];
const changed = (change: (file: Json) => void): string => {
  const file = JSON.parse(good) as Json;
  change(file);
  return JSON.stringify(file);
};
const codeOf = (work: () => unknown): [string, string] => {
  try {
    work();
  } catch (error) {
    return LlmError.isInstance(error) ? [error.code, error.message] : ['untyped', String(error)];
  }
  return ['no error', ''];
};

describe('a broken tokenizer.json is an error that says where', () => {
  const value = (json: unknown): Json => json as Json;
  test.each<[string, string, string]>([
    ['cut in the middle', good.slice(0, 5000), 'is not JSON'],
    ['an array', '[]', 'the file must be an object'],
    ['no model', '{}', 'model must be an object'],
    [
      'an id twice',
      changed((file) => {
        file.model!.vocab!.zz = value(7);
      }),
      'repeats the id 7',
    ],
    [
      'a negative id',
      changed((file) => {
        file.model!.vocab!.zz = value(-1);
      }),
      '["zz"] must be a token id',
    ],
    [
      'an id of 4 billion',
      changed((file) => {
        file.model!.vocab!.zz = value(4e9);
      }),
      'must be a token id',
    ],
    [
      'an id that is text',
      changed((file) => {
        file.model!.vocab!.zz = value('7');
      }),
      'must be a token id',
    ],
    [
      'a token of a megabyte',
      changed((file) => {
        file.model!.vocab!['z'.repeat(1e6)] = value(999);
      }),
      'longer than 65536',
    ],
    [
      'a merge of an unknown token',
      changed((file) => {
        file.model!.merges![3] = value(['zz', 'q']);
      }),
      'model.merges[3] names "zz"',
    ],
    [
      'a merge of three',
      changed((file) => {
        file.model!.merges![3] = value('a b c');
      }),
      'model.merges[3] must hold two',
    ],
    [
      'a merge whose result is missing',
      changed((file) => {
        file.model!.merges![3] = value(['Q', 'Q']);
      }),
      'makes "QQ"',
    ],
    [
      'merges that are an object',
      changed((file) => {
        file.model!.merges = value({});
      }),
      'model.merges must be an array',
    ],
    [
      'an added token twice',
      changed((file) => {
        file.added_tokens!.push(file.added_tokens![0]!);
      }),
      'added_tokens[1] repeats',
    ],
    [
      'an added token on the id of another',
      changed((file) => {
        file.added_tokens![0]!.id = value(3);
      }),
      'has the id 3 of another token',
    ],
    [
      'an empty added token',
      changed((file) => {
        file.added_tokens![0]!.content = value('');
      }),
      'is empty',
    ],
    [
      'a Split of unknown behavior',
      changed((file) => {
        file.pre_tokenizer!.pretokenizers![0]!.behavior = value('Explode');
      }),
      'unknown behavior',
    ],
  ])('%s', (_, text, message) => {
    const [code, found] = codeOf(() => fromTokenizerJson(text));
    expect(code).toBe('tokenizer/file-invalid');
    expect(found).toContain(message);
  });

  test.each<[string, string, string, string]>([
    [
      'WordPiece',
      changed((file) => {
        file.model!.type = value('WordPiece');
      }),
      'tokenizer/model-unsupported',
      '"WordPiece"',
    ],
    [
      'Unigram',
      changed((file) => {
        file.model!.type = value('Unigram');
      }),
      'tokenizer/model-unsupported',
      '"Unigram"',
    ],
    [
      'SentencePiece',
      changed((file) => {
        file.pre_tokenizer = value({ type: 'Metaspace' });
      }),
      'tokenizer/model-unsupported',
      'Metaspace',
    ],
    [
      'pattern that engines read differently',
      changed((file) => {
        file.pre_tokenizer!.pretokenizers![0]!.pattern!.Regex = value('\\p{N}{1,3}+|\\P{N}+');
      }),
      'tokenizer/model-unsupported',
      '{…}+',
    ],
    [
      'unreadable pattern',
      changed((file) => {
        file.pre_tokenizer!.pretokenizers![0]!.pattern!.Regex = value('(a');
      }),
      'tokenizer/pattern-unsupported',
      'not closed',
    ],
  ])('%s is named', (_, text, expected, message) => {
    const [code, found] = codeOf(() => fromTokenizerJson(text));
    expect(code).toBe(expected);
    expect(found).toContain(message);
  });

  test('__proto__ as a token changes nothing else', () => {
    const text = good.replace('"vocab": {', '"vocab": {"__proto__": 777, "constructor": 778,');
    const tokenizer = fromTokenizerJson(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(new TextDecoder().decode(tokenizer.tokenBytes(777))).toBe('__proto__');
    expect(tokenizer.encode(samples[0]!)).toEqual(trained.encode(samples[0]!));
  });
});

describe('a broken .tiktoken file is an error with its line', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}`);
  const read = (lines: string[]): [string, string] =>
    codeOf(() => fromTiktoken(lines.join('\n'), { pattern: 'gpt2' }));
  test.each<[string, string[], string]>([
    ['no rank', [...bytes, 'YWI='], 'line 257 is not "base64 rank"'],
    ['a rank of 10^9', [...bytes, 'YWI= 1000000000'], 'line 257 is not'],
    ['no base64', [...bytes, '%% 256'], 'line 257 does not begin with base64'],
    ['a rank twice', [...bytes, 'YWI= 255'], 'line 257 repeats the rank 255'],
    ['a token twice', [...bytes, 'YWI= 256', 'YWI= 257'], 'line 258 repeats the token of line 257'],
    ['a missing byte', bytes.slice(1), 'single byte 0x00'],
    ['nothing', [], 'single byte 0x00'],
  ])('%s', (_, lines, message) => {
    const [code, found] = read(lines);
    expect(code).toBe('tokenizer/file-invalid');
    expect(found).toContain(message);
  });

  test('tokens that no merges make are allowed, and stand for whole pieces only', () => {
    const tokenizer = fromTiktoken([...bytes, `${btoa('abc')} 256`].join('\n'), { pattern: 'gpt2' });
    expect([...tokenizer.encode('abc abc')]).toEqual([256, 32, 97, 98, 99]);
    expect([...tokenizer.encode(`${'abcabc'.repeat(2000)} abc`)].slice(0, 3)).toEqual([97, 98, 99]);
  });
});

test('GGUF lists and back give the same ids', async () => {
  const tokenizer = await trainTokenizer(samples, {
    vocabularySize: 320,
    specialTokens: ['<|bos|>'],
    pattern: 'llama3',
  });
  const lists = toGgufTokenizer(tokenizer);
  expect(lists.tokens[319]).toBe('<|bos|>');
  expect([lists.tokenTypes[0], lists.tokenTypes[319], lists.pre]).toEqual([1, 3, 'llama-bpe']);
  const again = fromGgufTokenizer({ ...lists, pre: 'llama-bpe' });
  expect(again.specialTokens).toEqual(tokenizer.specialTokens);
  for (const text of samples) expect(again.encode(text)).toEqual(tokenizer.encode(text));
  expect(codeOf(() => fromGgufTokenizer({ ...lists, model: 't5' }))[0]).toBe('tokenizer/model-unsupported');
  const lies = [
    { tokens: [1, 2] },
    { tokens: {} },
    { tokenTypes: [1] },
    { tokenTypes: null },
    { merges: 'a b' },
  ];
  for (const lie of lies)
    expect(codeOf(() => fromGgufTokenizer({ ...lists, ...lie } as never))[0]).toBe('tokenizer/file-invalid');
});

test.each(['smollm', 'tekken', 'deepseek-v3', 'llama-bpe', 'qwen2'])(
  'a GGUF tokenizer of %s is written again under a name of the same pattern',
  async (pre) => {
    const lists = toGgufTokenizer(await trainTokenizer(samples, { vocabularySize: 300, pattern: 'gpt2' }));
    const read = fromGgufTokenizer({ ...lists, pre });
    const again = fromGgufTokenizer({ ...lists, pre: toGgufTokenizer(read).pre });
    expect(JSON.parse(toTokenizerJson(again)).pre_tokenizer).toEqual(
      JSON.parse(toTokenizerJson(read)).pre_tokenizer,
    );
    // By way of a tokenizer.json too, where the pattern is text.
    expect(toGgufTokenizer(fromTokenizerJson(toTokenizerJson(read))).pre).toBe(toGgufTokenizer(read).pre);
  },
);
