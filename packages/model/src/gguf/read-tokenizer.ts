/** What a GGUF file says of its tokenizer, as lists, for `fromGgufTokenizer` of @llm/tokenizer. */
import { type GgufSpecialTokens, type GgufTokenizer, specialTokenKeys } from './gguf-tokenizer.js';
import type { GgufFile } from './reading/gguf-file.js';
import { MetadataReader } from './reading/metadata-reader.js';

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
  const ids = readGgufSpecialTokens(file, tokens.length);
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
    removeExtraWhitespaces: keys.boolean('remove_extra_whitespaces'),
    unknownId: ids.unknown,
    bosId: ids.bos,
    eosId: ids.eos,
  };
}

/** Throws `model/gguf-unsupported` for an id beyond the vocabulary. */
export function readGgufSpecialTokens(file: GgufFile, vocabularySize: number): GgufSpecialTokens {
  const keys = new MetadataReader(file, 'tokenizer.ggml.');
  const id = (token: keyof GgufSpecialTokens): number | undefined => {
    const name = specialTokenKeys[token];
    if (!keys.has(name)) return undefined;
    const value = keys.number(name);
    return Number.isInteger(value) && value >= 0 && value < vocabularySize
      ? value
      : keys.fail(`its "tokenizer.ggml.${name}" is ${value} in a vocabulary of ${vocabularySize}`);
  };
  return {
    bos: id('bos'),
    eos: id('eos'),
    eot: id('eot'),
    unknown: id('unknown'),
    separator: id('separator'),
    padding: id('padding'),
  };
}
