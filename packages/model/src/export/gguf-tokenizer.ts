/**
 * A Hugging Face tokenizer.json with byte-level BPE → the tokenizer keys of GGUF. llama.cpp knows split patterns by name only, so the
 * pattern in the file must be one it has. Left out: normalizers, which llama.cpp does not apply to byte-level BPE.
 */
import { LlmError } from '@llm/core';
import type { GgufWriter } from './gguf-writer.js';

export interface GgufTokenizerOptions {
  /** Text of a tokenizer.json. */
  readonly tokenizerJson: string;
  /** llama.cpp's name of the split pattern (`tokenizer.ggml.pre`), for a pattern that is not recognised. */
  readonly preTokenizer?: string;
  readonly specialTokens?: { readonly bos?: number; readonly eos?: number };
}

interface TokenizerJson {
  readonly model?: {
    readonly type?: string;
    readonly vocab?: Readonly<Record<string, number>>;
    readonly merges?: readonly (string | readonly string[])[];
    readonly ignore_merges?: boolean;
  };
  readonly pre_tokenizer?: PreTokenizer | null;
  readonly added_tokens?: readonly {
    readonly id: number;
    readonly content: string;
    readonly special?: boolean;
  }[];
}

interface PreTokenizer {
  readonly type?: string;
  readonly use_regex?: boolean;
  readonly pattern?: { readonly Regex?: string };
  readonly pretokenizers?: readonly PreTokenizer[];
}

/** llama.cpp's token types. */
const ordinary = 1;
const control = 3;
const userDefined = 4;
const unused = 5;

/** Throws `model/tokenizer-unsupported`. */
export function writeGgufTokenizer(
  file: GgufWriter,
  vocabularySize: number,
  options: GgufTokenizerOptions,
): void {
  const { model, added_tokens: added = [], pre_tokenizer: preTokenizer } = parse(options.tokenizerJson);
  if (model?.type !== 'BPE' || model.vocab === undefined) fail('its model is not BPE');
  const tokens = Array.from({ length: vocabularySize }, (_, id) => `[UNUSED${id}]`);
  const types = new Array<number>(vocabularySize).fill(unused);
  const set = (id: number, token: string, type: number): void => {
    if (id >= vocabularySize) fail(`its id ${id} is outside the model's vocabulary of ${vocabularySize}`);
    tokens[id] = token;
    types[id] = type;
  };
  for (const [token, id] of Object.entries(model.vocab)) set(id, token, ordinary);
  for (const { id, content, special } of added) set(id, content, special === false ? userDefined : control);
  file.string('tokenizer.ggml.model', 'gpt2');
  file.string(
    'tokenizer.ggml.pre',
    options.preTokenizer ?? splitPatternName(preTokenizer ?? {}, model.ignore_merges === true),
  );
  file.strings('tokenizer.ggml.tokens', tokens);
  file.int32s('tokenizer.ggml.token_type', types);
  file.strings(
    'tokenizer.ggml.merges',
    (model.merges ?? []).map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
  );
  const { bos, eos } = options.specialTokens ?? {};
  if (bos !== undefined) file.uint32('tokenizer.ggml.bos_token_id', bos);
  if (eos !== undefined) file.uint32('tokenizer.ggml.eos_token_id', eos);
  file.boolean('tokenizer.ggml.add_bos_token', bos !== undefined);
}

/** GPT-4's form with its digits: `\p{N}{1,3}` in GPT-4 and Llama 3, `\p{N}` in Qwen 2. */
const gpt4 = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const gpt4oContraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
const gpt4o = `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+${gpt4oContraction}|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*${gpt4oContraction}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

function splitPatternName(preTokenizer: PreTokenizer, ignoreMerges: boolean): string {
  const steps = preTokenizer.pretokenizers ?? [preTokenizer];
  const [first, second] = steps;
  const pattern =
    steps.length === 1 && first?.type === 'ByteLevel' && first.use_regex !== false
      ? gpt2
      : steps.length === 2 && first?.type === 'Split' && second?.type === 'ByteLevel'
        ? first.pattern?.Regex
        : undefined;
  if (pattern === gpt2) return 'gpt-2';
  if (pattern === gpt4('\\p{N}')) return 'qwen2';
  if (pattern === gpt4o) return 'gpt-4o';
  // The same splits; under the first name whole pieces that are tokens are taken without merging.
  if (pattern === gpt4('\\p{N}{1,3}')) return ignoreMerges ? 'llama-bpe' : 'dbrx';
  return fail(
    `llama.cpp has no name for its split pattern ${JSON.stringify(pattern ?? preTokenizer)}. Known are those of GPT-2, GPT-4, GPT-4o and Qwen 2; pass preTokenizer if another name fits`,
  );
}

function parse(text: string): TokenizerJson {
  try {
    return JSON.parse(text) as TokenizerJson;
  } catch {
    return fail('it is not JSON');
  }
}

function fail(what: string): never {
  throw new LlmError({
    code: 'model/tokenizer-unsupported',
    message: `The tokenizer.json cannot be written to GGUF: ${what}.`,
  });
}
