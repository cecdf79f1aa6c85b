/** The tokenizer keys of a GGUF file as lists, as @llm/tokenizer makes them and takes them. */
import { LlmError } from '@llm/core';
import type { GgufWriter } from './gguf-writer.js';

export interface GgufTokenizer {
  /** `tokenizer.ggml.model`: `gpt2` for byte-level BPE, `llama` for SentencePiece. */
  readonly model: string;
  /** `tokenizer.ggml.pre`: llama.cpp's name for the split pattern. */
  readonly pre: string;
  /** Texts by id, at most as many as the model's vocabulary. */
  readonly tokens: readonly string[];
  /** 1 ordinary, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 a byte */
  readonly tokenTypes: readonly number[];
  /** `left right` in order of rank */
  readonly merges: readonly string[];
  /** By id, of `llama`: the pair of the greater one merges first. */
  readonly scores?: readonly number[] | Float32Array | undefined;
  /** Whether the begin and the end token go around a text; undefined: not said. */
  readonly addBos?: boolean | undefined;
  readonly addEos?: boolean | undefined;
  /** Of `llama`: a space before the text. */
  readonly addSpacePrefix?: boolean | undefined;
  readonly removeExtraWhitespaces?: boolean | undefined;
  readonly unknownId?: number | undefined;
  readonly bosId?: number | undefined;
  readonly eosId?: number | undefined;
}

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

/** Their keys in the file, after `tokenizer.ggml.`; ggml's own spelling. */
export const specialTokenKeys: Readonly<Record<keyof GgufSpecialTokens, string>> = {
  bos: 'bos_token_id',
  eos: 'eos_token_id',
  eot: 'eot_token_id',
  unknown: 'unknown_token_id',
  separator: 'seperator_token_id',
  padding: 'padding_token_id',
};

const unused = 5;

/** Rows of the embedding beyond the tokenizer's become unused. Throws `model/tokenizer-unsupported`. */
export function writeGgufTokenizer(
  file: GgufWriter,
  vocabularySize: number,
  tokenizer: GgufTokenizer,
  specialTokens: GgufSpecialTokens,
): void {
  const { model, pre, tokens, tokenTypes, merges, scores } = tokenizer;
  const count = tokens.length;
  if (count > vocabularySize || tokenTypes.length !== count || (scores && scores.length !== count))
    throw new LlmError({
      code: 'model/tokenizer-unsupported',
      message: `The tokenizer has ${count} tokens and ${tokenTypes.length} types${scores ? ` and ${scores.length} scores` : ''} for a model with a vocabulary of ${vocabularySize}. Is it the tokenizer this model was trained with?`,
    });
  const rest = Array.from({ length: vocabularySize - count }, (_, i) => count + i);
  const key = (name: string): string => `tokenizer.ggml.${name}`;
  file.string(key('model'), model);
  file.string(key('pre'), pre);
  file.strings(key('tokens'), [...tokens, ...rest.map((id) => `[unused${id}]`)]);
  file.int32s(key('token_type'), [...tokenTypes, ...rest.map(() => unused)]);
  if (scores) file.float32s(key('scores'), [...scores, ...rest.map(() => 0)]);
  if (model === 'gpt2' || merges.length > 0) file.strings(key('merges'), merges);
  const { bosId: bos, eosId: eos, unknownId: unknown } = tokenizer;
  const ids: GgufSpecialTokens = {
    ...specialTokens,
    bos: specialTokens.bos ?? bos,
    eos: specialTokens.eos ?? eos,
    unknown: specialTokens.unknown ?? unknown,
  };
  for (const [name, id] of Object.entries(ids) as [keyof GgufSpecialTokens, number | undefined][])
    if (id !== undefined) file.uint32(key(specialTokenKeys[name]), id);
  file.boolean(key('add_bos_token'), tokenizer.addBos ?? ids.bos !== undefined);
  const flags = {
    add_eos_token: tokenizer.addEos,
    add_space_prefix: tokenizer.addSpacePrefix,
    remove_extra_whitespaces: tokenizer.removeExtraWhitespaces,
  };
  for (const [name, value] of Object.entries(flags)) if (value !== undefined) file.boolean(key(name), value);
}
