/**
 * GGUF version 3 for llama.cpp, float32: Qwen3 and Llama. The tokenizer comes from a Hugging Face tokenizer.json with byte-level
 * BPE; llama.cpp has its own name for each pre-tokenizer pattern, which cannot be read from the file. Left out: quantised
 * types, GPT-2 and nanochat.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import { rotaryFrequencies } from '../architecture/rotary-positions.js';
import { huggingFaceFamily } from '../hugging-face/config.js';
import { checkParameters } from '../initial-parameters.js';
import type { ModelConfig } from '../model-config.js';
import { embeddingName, finalNormName, headName } from '../parameter-layout.js';
import { GgufWriter } from './gguf-writer.js';

export interface GgufOptions {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  /** Text of a tokenizer.json; without one the file holds a model alone. */
  readonly tokenizerJson?: string;
  /** llama.cpp's name of the split pattern: `gpt-2`, `llama-bpe` (cl100k's form), `qwen2` (single digits). Default `gpt-2`. */
  readonly preTokenizer?: string;
  readonly specialTokens?: { readonly bos?: number; readonly eos?: number };
  /** Default `model`. */
  readonly name?: string;
}

/** Throws `model/export-unsupported` for other families, `model/tokenizer-unsupported` for other tokenizers. */
export function writeGguf(options: GgufOptions): Uint8Array {
  const { config, parameters } = options;
  checkParameters(config, parameters, 'the model');
  const family = huggingFaceFamily(config);
  if ((family !== 'qwen3' && family !== 'llama') || config.feedForwardBias || config.attentionOutputBias)
    throw new LlmError({
      code: 'model/export-unsupported',
      message:
        'GGUF is written for Qwen3 and Llama without biases only. Export to Hugging Face and convert from there.',
    });
  const file = new GgufWriter();
  const key = (name: string): string => `${family}.${name}`;
  file.string('general.architecture', family);
  file.string('general.name', options.name ?? 'model');
  file.uint32('general.file_type', 0);
  file.uint32(key('context_length'), config.contextLength);
  file.uint32(key('embedding_length'), config.width);
  file.uint32(key('block_count'), config.depth);
  file.uint32(key('feed_forward_length'), config.feedForwardWidth);
  file.uint32(key('attention.head_count'), config.heads);
  file.uint32(key('attention.head_count_kv'), config.keyValueHeads);
  file.uint32(key('attention.key_length'), config.headWidth);
  file.uint32(key('attention.value_length'), config.headWidth);
  file.uint32(key('rope.dimension_count'), config.headWidth);
  file.uint32(key('vocab_size'), config.vocabularySize);
  file.float32(key('attention.layer_norm_rms_epsilon'), config.normalizationEpsilon);
  file.float32(key('rope.freq_base'), config.rotaryBase);
  if (options.tokenizerJson !== undefined) writeTokenizer(file, options, options.tokenizerJson);

  const put = (name: string, ours: string): void => {
    const tensor = parameters.get(ours);
    if (tensor !== undefined) file.tensor(name, tensor);
  };
  put('token_embd.weight', embeddingName);
  for (let layer = 0; layer < config.depth; layer++) {
    for (const [theirs, ours] of blockTensors) {
      const tensor = parameters.get(`model.layers.${layer}.${ours}.weight`);
      if (tensor === undefined) continue;
      // llama.cpp turns neighbouring elements in Llama, halves in Qwen3.
      const turned =
        family === 'llama' && /[qk]_proj$/.test(ours) ? interleaved(tensor, config.headWidth) : tensor;
      file.tensor(`blk.${layer}.${theirs}.weight`, turned);
    }
  }
  put('output_norm.weight', `${finalNormName}.weight`);
  put('output.weight', headName);
  if (config.rotaryScaling) file.tensor('rope_freqs.weight', rotaryFactors(config));
  return file.finish();
}

const blockTensors: readonly (readonly [string, string])[] = [
  ['attn_norm', 'input_layernorm'],
  ['attn_q', 'self_attn.q_proj'],
  ['attn_k', 'self_attn.k_proj'],
  ['attn_v', 'self_attn.v_proj'],
  ['attn_output', 'self_attn.o_proj'],
  ['attn_q_norm', 'self_attn.q_norm'],
  ['attn_k_norm', 'self_attn.k_norm'],
  ['ffn_norm', 'post_attention_layernorm'],
  ['ffn_gate', 'mlp.gate_proj'],
  ['ffn_up', 'mlp.up_proj'],
  ['ffn_down', 'mlp.down_proj'],
];

/** Rows of each head from [first half, second half] to [first, second] in turn. */
function interleaved({ shape, data }: NamedTensor, headWidth: number): NamedTensor {
  const [rows = 0, columns = 0] = shape;
  const result = new Float32Array(data.length);
  const half = headWidth / 2;
  for (let row = 0; row < rows; row++) {
    const within = row % headWidth;
    const to = row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
    result.set(data.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return { shape, data: result };
}

/** By what each frequency is divided, [headWidth / 2]. */
function rotaryFactors(config: ModelConfig): NamedTensor {
  const plain = rotaryFrequencies({ ...config, rotaryScaling: undefined });
  const factors = rotaryFrequencies(config).map((frequency, i) => plain[i]! / frequency);
  return { shape: [factors.length], data: Float32Array.from(factors) };
}

function writeTokenizer(file: GgufWriter, options: GgufOptions, text: string): void {
  const fail = (what: string): never => {
    throw new LlmError({
      code: 'model/tokenizer-unsupported',
      message: `The tokenizer.json cannot be written to GGUF: ${what}.`,
    });
  };
  let json: {
    readonly model?: {
      readonly type?: string;
      readonly vocab?: Readonly<Record<string, number>>;
      readonly merges?: readonly (string | readonly string[])[];
    };
    readonly added_tokens?: readonly {
      readonly id: number;
      readonly content: string;
      readonly special?: boolean;
    }[];
  } = {};
  try {
    json = JSON.parse(text) as typeof json;
  } catch {
    fail('it is not JSON');
  }
  const { model, added_tokens: added = [] } = json;
  if (model?.type !== 'BPE' || model.vocab === undefined) fail('its model is not BPE');
  const size = options.config.vocabularySize;
  const tokens = Array.from({ length: size }, (_, id) => `[UNUSED${id}]`);
  // llama.cpp's token types: 1 ordinary, 3 control, 4 added by the user, 5 unused.
  const types = new Array<number>(size).fill(5);
  const set = (id: number, token: string, type: number): void => {
    if (id >= size) fail(`its id ${id} is outside the model's vocabulary of ${size}`);
    tokens[id] = token;
    types[id] = type;
  };
  for (const [token, id] of Object.entries(model!.vocab!)) set(id, token, 1);
  for (const { id, content, special } of added) set(id, content, special === false ? 4 : 3);
  file.string('tokenizer.ggml.model', 'gpt2');
  file.string('tokenizer.ggml.pre', options.preTokenizer ?? 'gpt-2');
  file.strings('tokenizer.ggml.tokens', tokens);
  file.int32s('tokenizer.ggml.token_type', types);
  file.strings(
    'tokenizer.ggml.merges',
    (model!.merges ?? []).map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
  );
  const { bos, eos } = options.specialTokens ?? {};
  if (bos !== undefined) file.uint32('tokenizer.ggml.bos_token_id', bos);
  if (eos !== undefined) file.uint32('tokenizer.ggml.eos_token_id', eos);
  file.boolean('tokenizer.ggml.add_bos_token', bos !== undefined);
}
