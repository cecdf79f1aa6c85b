/** What a GGUF file says of its tokenizer, as lists, for `fromGgufTokenizer` of @llm/tokenizer. */
import type { GgufTokenizer } from './gguf-tokenizer.js';
import type { GgufFile } from './reading/gguf-file.js';
import { MetadataReader } from './reading/metadata-reader.js';

/** Ids of tokens with a task; those that the file names. */
export interface GgufSpecialTokens {
  readonly bos?: number | undefined;
  readonly eos?: number | undefined;
  /** Ends a turn of a chat, where it is another than `eos`. */
  readonly eot?: number | undefined;
  readonly unknown?: number | undefined;
  readonly separator?: number | undefined;
  readonly padding?: number | undefined;
}

const ordinary = 1;

/** Undefined where the file has none (`tokenizer.ggml.model` absent, or `none` or `no_vocab`). */
export function readGgufTokenizer(file: GgufFile): GgufTokenizer | undefined {
  const keys = new MetadataReader(file, 'tokenizer.ggml.');
  const model = keys.text('model');
  const tokens = keys.texts('tokens');
  if (model === undefined || model === 'none' || model === 'no_vocab') return undefined;
  if (tokens === undefined)
    return keys.fail(`it names the tokenizer "${model}" and has no "tokenizer.ggml.tokens"`);
  const tokenTypes = keys.numbers('token_type') ?? tokens.map(() => ordinary);
  const scores = keys.numbers('scores');
  for (const [key, list] of Object.entries({ token_type: tokenTypes, scores }))
    if (list !== undefined && list.length !== tokens.length)
      keys.fail(`"tokenizer.ggml.${key}" has ${list.length} entries for ${tokens.length} tokens`);
  return {
    model,
    // What llama.cpp takes where nothing is said.
    pre: keys.text('pre') ?? 'default',
    tokens,
    tokenTypes,
    merges: keys.texts('merges') ?? [],
    scores,
    addBos: keys.boolean('add_bos_token'),
    addEos: keys.boolean('add_eos_token'),
    addSpacePrefix: keys.boolean('add_space_prefix'),
  };
}

/** Throws `model/gguf-unsupported` for an id beyond the vocabulary. */
export function readGgufSpecialTokens(file: GgufFile, vocabularySize: number): GgufSpecialTokens {
  const keys = new MetadataReader(file, 'tokenizer.ggml.');
  const id = (name: string): number | undefined => {
    if (!keys.has(name)) return undefined;
    const value = keys.number(name);
    return Number.isInteger(value) && value >= 0 && value < vocabularySize
      ? value
      : keys.fail(`its "tokenizer.ggml.${name}" is ${value} in a vocabulary of ${vocabularySize}`);
  };
  return {
    bos: id('bos_token_id'),
    eos: id('eos_token_id'),
    eot: id('eot_token_id'),
    unknown: id('unknown_token_id'),
    separator: id('seperator_token_id'),
    padding: id('padding_token_id'),
  };
}
