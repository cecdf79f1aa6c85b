/** The tokenizers of the room: encoding, the history of merges, training. */
import { LlmError, type Message, type Part } from '@llm/core';
import {
  type BpeTokenizer,
  chatSpecialTokens,
  createChatRenderer,
  createTemplateRenderer,
  fromGgufTokenizer,
  fromTokenizerFolder,
  fromTokenizerJson,
  loadEncoding,
  mergeHistory,
  type TokenizerConfig,
  toTokenizerJson,
  trainTokenizer,
} from '@llm/tokenizer';
import { FileStore } from '../../models/file-store.js';
import { serveCalls } from '../../workers/serve-calls.js';
import { tokenRows } from './token-rows.js';
import type { ChatLine, EncodingInfo, EncodingSource, TokenizerCalls } from './tokenizer-calls.js';

interface Opened {
  readonly tokenizer: BpeTokenizer;
  readonly config: TokenizerConfig | undefined;
  readonly info: EncodingInfo;
  history?: ReturnType<typeof mergeHistory>;
  /** What was encoded last, and, once they were asked for, where its tokens lie. */
  text: string;
  offsets?: ReturnType<BpeTokenizer['encodeWithOffsets']> | undefined;
}

const opened = new Map<string, Opened>();

/** Texts become control tokens where they are typed into the playground, as in tiktokenizer. */
const encoding = { allowSpecial: true } as const;

/** Between two messages of a training. */
const pauseMilliseconds = 50;

serveCalls<TokenizerCalls>({
  async open({ name, source }) {
    const { tokenizer, config } = await read(source);
    return keep(name, tokenizer, config);
  },
  encode({ name, text }, { transfer }) {
    const one = find(name);
    one.text = text;
    one.offsets = undefined;
    const start = performance.now();
    const ids = one.tokenizer.encode(text, encoding);
    const milliseconds = performance.now() - start;
    const rows = tokenRows(ids, one.info);
    transfer(ids.buffer, rows.buffer);
    return { ids, rows, milliseconds };
  },
  count: ({ names, text }) => names.map((name) => find(name).tokenizer.countTokens(text, encoding)),
  place({ name, index }) {
    const one = find(name);
    one.offsets ??= one.tokenizer.encodeWithOffsets(one.text, encoding);
    const { starts, ends, byteStarts, byteEnds } = one.offsets;
    return { bytes: [byteStarts[index]!, byteEnds[index]!], units: [starts[index]!, ends[index]!] };
  },
  tree: ({ name, id }) => historyOf(name).treeOf(id),
  merges: ({ name }) => ({ count: historyOf(name).count }),
  stage({ name, text, count }, { transfer }) {
    const history = historyOf(name);
    const start = performance.now();
    const ids = history.tokenizerAfter(count).encode(text, encoding);
    const milliseconds = performance.now() - start;
    const rows = tokenRows(ids, find(name).info);
    transfer(ids.buffer, rows.buffer);
    const { pairs, results } = history;
    const rank = count - 1;
    const last =
      rank < 0 ? undefined : { id: results[rank]!, left: pairs[rank * 2]!, right: pairs[rank * 2 + 1]! };
    return { ids, rows, milliseconds, last };
  },
  async chat({ name, lines }) {
    const { tokenizer, config, info } = find(name);
    const renderer =
      config?.chatTemplate === undefined
        ? createChatRenderer(tokenizer)
        : await createTemplateRenderer(tokenizer, config);
    const { ids, mask } = renderer.render({ messages: messagesOf(lines) });
    return { ids, mask, rows: tokenRows(ids, info) };
  },
  async train({ name, text, vocabularySize, pattern, minFrequency }, { say, signal }) {
    let learned: Parameters<typeof say>[0][number][] = [];
    let lastSaid = Date.now();
    const tell = (): void => {
      if (learned.length > 0) say(learned);
      learned = [];
      lastSaid = Date.now();
    };
    // What stands between empty lines is a document; the order of documents has no influence.
    const tokenizer = await trainTokenizer(text.split(/\n{2,}/), {
      vocabularySize,
      pattern,
      minFrequency,
      specialTokens: chatSpecialTokens,
      signal,
      onMerge: ({ id, left, right, bytes, count }) => {
        learned.push({ id, left, right, bytes, count });
        if (Date.now() - lastSaid > pauseMilliseconds) tell();
      },
    });
    tell();
    return keep(name, tokenizer, undefined);
  },
  write: ({ name }) => toTokenizerJson(find(name).tokenizer),
});

async function read(
  source: EncodingSource,
): Promise<{ readonly tokenizer: BpeTokenizer; readonly config?: TokenizerConfig | undefined }> {
  if (source.kind === 'published') return { tokenizer: await loadEncoding(source.encoding) };
  if (source.kind === 'files') return fromTokenizerFolder(source.files);
  if (source.kind === 'gguf') return readGguf(source.file);
  const response = await fetch(source.url);
  if (!response.ok)
    throw new LlmError({
      code: 'studio/tokenizer-missing',
      message: `There is no tokenizer at ${source.url}: the server answered ${response.status}.`,
    });
  return { tokenizer: fromTokenizerJson(await response.text()) };
}

/** The reader comes with the first such file. */
async function readGguf(file: File): Promise<{ tokenizer: BpeTokenizer; config: TokenizerConfig }> {
  const { artifactSource, openGguf, readGgufTokenizer } = await import('@llm/model/gguf');
  const opened = await openGguf(await artifactSource(new FileStore([[file.name, file]]), file.name));
  const lists = readGgufTokenizer(opened);
  if (lists === undefined)
    throw new LlmError({
      code: 'studio/tokenizer-missing',
      message: `${file.name} holds weights without a tokenizer. Open a tokenizer.json instead.`,
    });
  const template = opened.metadata.get('tokenizer.chat_template');
  const textOf = (id: number | undefined): string => (id === undefined ? '' : (lists.tokens[id] ?? ''));
  return {
    tokenizer: fromGgufTokenizer(lists),
    config: {
      chatTemplate: typeof template === 'string' ? template : undefined,
      tokens: { bos_token: textOf(lists.bosId), eos_token: textOf(lists.eosId) },
    },
  };
}

function keep(name: string, tokenizer: BpeTokenizer, config: TokenizerConfig | undefined): EncodingInfo {
  const { vocabularySize } = tokenizer;
  const tokens = Array.from({ length: vocabularySize }, (_, id) => tokenizer.tokenBytes(id));
  const offsets = new Int32Array(vocabularySize + 1);
  for (const [id, { length }] of tokens.entries()) offsets[id + 1] = offsets[id]! + length;
  const bytes = new Uint8Array(offsets[vocabularySize]!);
  for (const [id, token] of tokens.entries()) bytes.set(token, offsets[id]!);
  const hasOwnFormat = chatSpecialTokens.every((text) => tokenizer.specialTokens.has(text));
  const info: EncodingInfo = {
    name,
    vocabularySize,
    special: [...tokenizer.specialTokens],
    bytes,
    offsets,
    canChat: config?.chatTemplate !== undefined || hasOwnFormat,
  };
  opened.set(name, { tokenizer, config, info, text: '' });
  return info;
}

function find(name: string): Opened {
  const found = opened.get(name);
  if (found !== undefined) return found;
  throw new LlmError({
    code: 'studio/tokenizer-missing',
    message: `There is no tokenizer “${name.slice(0, 100)}” here.`,
  });
}

function historyOf(name: string): ReturnType<typeof mergeHistory> {
  const one = find(name);
  one.history ??= mergeHistory(one.tokenizer);
  return one.history;
}

/** Parts of one assistant that follow each other are one message. */
function messagesOf(lines: readonly ChatLine[]): Message[] {
  const messages: { readonly role: Message['role']; readonly parts: Part[] }[] = [];
  for (const { kind, text } of lines) {
    const role = kind === 'system' || kind === 'user' ? kind : 'assistant';
    const last = messages.at(-1);
    const isSame = role === 'assistant' && last?.role === 'assistant';
    if (isSame) last.parts.push(partOf(kind, text));
    else messages.push({ role, parts: [partOf(kind, text)] });
  }
  return messages;
}

function partOf(kind: ChatLine['kind'], text: string): Part {
  if (kind === 'tool-output') return { type: 'tool-output', text };
  if (kind !== 'tool-call') return { type: 'text', text };
  const [tool = '', ...input] = text.split(' ');
  return { type: 'tool-call', tool, input: input.join(' ') };
}
