/**
 * What is fuzzed: every parser that reads what comes from outside, by name, with whole small files to start
 * from. A parser is used as a user would use it, on to the first thing it gives; broken input must end in a
 * typed error or a counted skip.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { textMessage } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { decodeText, extractText, readPage } from '@llm/data';
import { decompressContent, readArchive } from '@llm/data/node';
import { Graph, mul, referenceExecutor, serializeOnnx, softmax } from '@llm/graph';
import { createModelConfig, initialParameters, loadCheckpoint, saveCheckpoint } from '@llm/model';
import { writeGguf } from '@llm/model/export';
import { bytesSource, importGguf } from '@llm/model/gguf';
import { exportHuggingFace, importHuggingFace } from '@llm/model/hugging-face';
import { calculator } from '@llm/rl';
import { readConversations } from '@llm/sft';
import {
  chatSpecialTokens,
  createTemplateRenderer,
  fromTiktoken,
  fromTokenizerJson,
  readTokenizerConfig,
  toTiktoken,
  toTokenizerJson,
  trainTokenizer,
} from '@llm/tokenizer';

export interface FuzzTarget {
  readonly seeds: readonly Uint8Array[];
  parse(bytes: Uint8Array): unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (...texts: readonly string[]): Uint8Array[] => texts.map((text) => encoder.encode(text));
const sample = "Hello, World's naïve   12345 текст 你好 👩‍👩‍👧 <|bos|> \r\n\t end.";

const tokenizer = await trainTokenizer([sample, 'the cat sat on the mat '.repeat(9)], {
  vocabularySize: 300,
  specialTokens: chatSpecialTokens,
});
const tokenizerJson = toTokenizerJson(tokenizer);
const withParts = (parts: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(tokenizerJson) as object), ...parts });
const split = (pattern: string): unknown => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
});

const template =
  "{% for message in messages %}{{ '<|' + message.role + '|>' }}{{ message.content | trim }}{% if loop.last %}{{ eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
const tokenizerConfig = JSON.stringify({ eos_token: '<|assistant_end|>', chat_template: template });

const config = createModelConfig({ vocabularySize: 16, contextLength: 8, depth: 1, width: 16, heads: 2 });
const parameters = initialParameters(config, 1);
const ggufTokenizer = {
  model: 'gpt2',
  pre: 'qwen2',
  tokens: ['a', 'b', 'ab'],
  tokenTypes: [1, 1, 1],
  merges: ['a b'],
};
/** Rows of whole K-quant blocks. */
const wide = createModelConfig({ vocabularySize: 16, contextLength: 8, depth: 1, width: 256, heads: 2 });
const folder = new MemoryStore();
await exportHuggingFace(folder, 'm', { config, parameters });
const checkpoints = new MemoryStore();
const snapshot = { stepsTaken: 3, parameters, optimizerState: new Map() };
await saveCheckpoint(checkpoints, 'm', { config, snapshot });
const checkpointFolder = 'm/step-00000003';

/** The store with one file replaced. */
async function withFile(store: MemoryStore, key: string, bytes: Uint8Array): Promise<MemoryStore> {
  const copy = new MemoryStore();
  for (const name of await store.list('')) await copy.write(name, await store.read(name));
  await copy.write(key, bytes);
  return copy;
}

function smallGraph(): Uint8Array {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [2, 3]);
  graph.output('y', softmax(mul(input, input), -1));
  return serializeOnnx(graph);
}

const http = (headers: string, body: string): string => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
const page =
  '<!doctype html><html><head><meta charset="utf-8"><title>Mill</title></head><body><nav><a href="/">Home</a></nav><article><h1>The mill</h1><p>The river rises in the hills above the town &amp; runs past an old mill on its way to the sea.<ul><li>one<li>two</ul><table><tr><td>1<td>2</table></article><script>x("</p>")</script></body></html>';
const record = (type: string, block: string): string =>
  `WARC/1.0\r\nWARC-Type: ${type}\r\nWARC-Target-URI: https://example.org/a\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: ${encoder.encode(block).length}\r\n\r\n${block}\r\n\r\n`;
const archive = [
  record('warcinfo', 'software: x\r\n'),
  record('response', http('Content-Type: text/html; charset=utf-8', page)),
  record(
    'response',
    http('Content-Type: text/html\r\nTransfer-Encoding: chunked', `5\r\n<p>Hi\r\n0\r\n\r\n`),
  ),
];
const gzipped = archive.map((text) => gzipSync(text));
const scratch = mkdtempSync(join(tmpdir(), 'llm-fuzz-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

export const targets: Readonly<Record<string, FuzzTarget>> = {
  'tokenizer.json': {
    seeds: bytesOf(
      tokenizerJson,
      withParts({ pre_tokenizer: split('\\p{L}+|\\p{N}{1,3}|[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+') }),
      withParts({ pre_tokenizer: split("(?i:'s|'t)|(?>a+)b|^x$|\\bq\\b|.") }),
      withParts({
        normalizer: {
          type: 'Sequence',
          normalizers: [
            { type: 'NFC' },
            { type: 'Lowercase' },
            { type: 'Replace', pattern: { String: 'a' }, content: 'bb' },
          ],
        },
      }),
    ),
    parse: (bytes) => {
      const read = fromTokenizerJson(decoder.decode(bytes));
      read.decode(read.encode(sample));
      toTokenizerJson(read);
    },
  },
  tiktoken: {
    seeds: bytesOf(toTiktoken(tokenizer)),
    parse: (bytes) => fromTiktoken(decoder.decode(bytes), { pattern: 'gpt2' }).encode(sample),
  },
  'chat template': {
    seeds: bytesOf(tokenizerConfig),
    parse: async (bytes) => {
      const renderer = await createTemplateRenderer(tokenizer, readTokenizerConfig(decoder.decode(bytes)));
      renderer.render({ messages: [textMessage('user', sample), textMessage('assistant', 'No.')] });
    },
  },
  'config.json': {
    seeds: [await folder.read('m/config.json')],
    parse: async (bytes) => importHuggingFace(await withFile(folder, 'm/config.json', bytes), 'm'),
  },
  safetensors: {
    seeds: [await folder.read('m/model.safetensors')],
    parse: async (bytes) => importHuggingFace(await withFile(folder, 'm/model.safetensors', bytes), 'm'),
  },
  gguf: {
    seeds: [
      writeGguf({ config, parameters, tokenizer: ggufTokenizer }),
      writeGguf({ config: wide, parameters: initialParameters(wide, 1), dtype: 'q4_k' }),
    ],
    parse: (bytes) => importGguf(bytesSource(bytes)),
  },
  'checkpoint.json': {
    seeds: [await checkpoints.read(`${checkpointFolder}/checkpoint.json`)],
    parse: async (bytes) =>
      loadCheckpoint(await withFile(checkpoints, `${checkpointFolder}/checkpoint.json`, bytes), 'm'),
  },
  onnx: {
    seeds: [smallGraph()],
    parse: async (bytes) => {
      const session = await referenceExecutor.createSession(bytes);
      await session.dispose();
    },
  },
  warc: {
    seeds: [encoder.encode(archive.join('')), Buffer.concat(gzipped), gzipSync(archive.join(''))],
    parse: async (bytes) => {
      const path = join(scratch, 'fuzz.warc');
      writeFileSync(path, bytes);
      for await (const item of readArchive(path))
        if (item.kind === 'record') readPage(item.record, { decompress: decompressContent });
    },
  },
  html: {
    seeds: bytesOf(page),
    parse: (bytes) => extractText(decodeText(bytes, {})?.text ?? ''),
  },
  conversations: {
    seeds: bytesOf(
      '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n{"question": "2+2?", "answer": "It is <<2+2=4>>4.\\n#### 4"}\n',
      '{"instruction": "Say it.", "input": "", "output": "abc"}\n',
    ),
    parse: (bytes) => readConversations(decoder.decode(bytes)),
  },
  calculator: {
    seeds: bytesOf('12+30*(4-1)/7', '-0.1+0.2', '2^10'),
    parse: (bytes) => calculator.call(decoder.decode(bytes)),
  },
};
