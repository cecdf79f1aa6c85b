import { textMessage } from '@llm/core';
import {
  chatTemplate,
  createTemplateRenderer,
  fromGgufTokenizer,
  fromTiktoken,
  fromTokenizerFolder,
  fromTokenizerJson,
  readTokenizerConfig,
  toGgufTokenizer,
  toTiktoken,
  toTokenizerJson,
  trainTokenizer,
  writeTokenizerConfig,
} from '@llm/tokenizer';
import { readSnapshot, writeSnapshot } from '../../../../packages/tokenizer/src/train/piece-counts.js';
import { bytesOf, type FuzzTarget, textOf } from '../fuzz-target.js';
import { sample, tokenizer } from './sample-tokenizer.js';

const tokenizerJson = toTokenizerJson(tokenizer);
const withParts = (parts: Readonly<Record<string, unknown>>): Uint8Array =>
  bytesOf(JSON.stringify({ ...(JSON.parse(tokenizerJson) as object), ...parts }));
const split = (pattern: string): unknown => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
});

const template =
  "{% for message in messages %}{{ '<|' + message.role + '|>' }}{{ message.content | trim }}{% if loop.last %}{{ eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
const tokenizerConfig = bytesOf(
  JSON.stringify({
    eos_token: '<|assistant_end|>',
    chat_template: template,
    bos_token: { content: '<|bos|>' },
  }),
);

/** Of a folder as transformers writes it, older and newer files together. */
const folder = {
  'tokenizer.json': bytesOf(tokenizerJson),
  'tokenizer_config.json': tokenizerConfig,
  'special_tokens_map.json': bytesOf(
    '{"bos_token": "<|bos|>", "eos_token": {"content": "<|assistant_end|>"}}',
  ),
  'chat_template.json': bytesOf(JSON.stringify({ chat_template: template })),
  'chat_template.jinja': bytesOf(template),
  'additional_chat_templates/tool_use.jinja': bytesOf(template),
};

const messages = [textMessage('user', sample), textMessage('assistant', 'No.')];

const plain = await trainTokenizer([sample], { vocabularySize: 270, pattern: 'gpt2' });
const pattern = 'gpt2';
const counts = writeSnapshot({
  counts: {
    bytes: bytesOf('thecat'),
    lengths: Int32Array.of(3, 3),
    counts: Float64Array.of(2, 1),
    textBytes: 9,
  },
  documents: 1,
  pattern,
});

export const tokenizerTargets: readonly FuzzTarget[] = [
  {
    name: 'tokenizer.json',
    seeds: {
      plain: bytesOf(tokenizerJson),
      digits: withParts({
        pre_tokenizer: split('\\p{L}+|\\p{N}{1,3}|[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+'),
      }),
      anchors: withParts({ pre_tokenizer: split("(?i:'s|'t)|(?>a+)b|^x$|\\bq\\b|.") }),
      normalizers: withParts({
        normalizer: {
          type: 'Sequence',
          normalizers: [
            { type: 'NFC' },
            { type: 'Lowercase' },
            { type: 'Replace', pattern: { String: 'a' }, content: 'bb' },
          ],
        },
      }),
    },
    run: (bytes) => {
      const read = fromTokenizerJson(textOf(bytes));
      read.decode(read.encode(sample));
      toTokenizerJson(read);
    },
  },
  {
    name: 'tiktoken',
    seeds: { plain: bytesOf(toTiktoken(tokenizer)) },
    run: (bytes) => fromTiktoken(textOf(bytes), { pattern: 'gpt2' }).encode(sample),
  },
  {
    name: 'chat template',
    seeds: {
      'tokenizer_config.json': tokenizerConfig,
      ours: bytesOf(writeTokenizerConfig({ chatTemplate, tokens: {} })),
    },
    run: async (bytes) => {
      const renderer = await createTemplateRenderer(tokenizer, readTokenizerConfig(textOf(bytes)));
      renderer.render({ messages });
    },
  },
  {
    name: 'tokenizer folder',
    seeds: folder,
    run: async (bytes, file) => {
      const read = fromTokenizerFolder({ ...folder, [file]: bytes });
      const renderer = await createTemplateRenderer(read.tokenizer, read.config);
      renderer.render({ messages });
    },
  },
  {
    // The lists come out of a file's metadata: a list of numbers is one of numbers, whatever they are.
    name: 'gguf tokenizer',
    seeds: {
      plain: bytesOf(JSON.stringify(toGgufTokenizer(plain))),
    },
    run: (bytes) => {
      const lists = parsedObject(bytes);
      if (lists !== undefined) fromGgufTokenizer(lists as never).encode(sample);
    },
  },
  {
    name: 'counting snapshot',
    seeds: { counts },
    run: (bytes) => readSnapshot(bytes, pattern),
  },
];

/** Undefined for what is no JSON object. */
function parsedObject(bytes: Uint8Array): object | undefined {
  try {
    const value = JSON.parse(textOf(bytes)) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
