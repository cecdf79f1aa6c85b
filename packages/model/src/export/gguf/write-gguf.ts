/**
 * GGUF version 3 for llama.cpp: Qwen3, Llama and GPT-2 in F32, F16, Q8_0 and Q4_0. Norms, biases and learned
 * positions stay F32; rows that are no multiple of 32 are F16 where the others are quantised. Q4_0 keeps the
 * embedding and the head in Q8_0. Left out: other quantised types, nanochat, which llama.cpp does not have.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import { rotaryFrequencies } from '../../attention/rotary-frequencies.js';
import type { ModelConfig } from '../../config/model-config.js';
import { familyOf } from '../../hugging-face/config.js';
import { checkParameters } from '../../weights/check-parameters.js';
import { joinRows } from '../../weights/matrices.js';
import {
  embeddingName,
  finalNormName,
  headName,
  type LayerNames,
  layerNames,
  positionName,
} from '../../weights/parameter-names.js';
import { bitsInQ4, blockSize } from '../quantize-blocks.js';
import { type GgufDtype, ggufTensor } from './gguf-tensor.js';
import { type GgufTokenizer, writeGgufTokenizer } from './gguf-tokenizer.js';
import { GgufWriter, joined } from './gguf-writer.js';

export interface GgufOptions {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  /** Default `f32`. */
  readonly dtype?: GgufDtype | undefined;
  /** `toGgufTokenizer(tokenizer)` of @llm/tokenizer. Without one llama.cpp takes ids only. */
  readonly tokenizer?: GgufTokenizer | undefined;
  /** With a beginning token llama.cpp puts it before every text. */
  readonly specialTokens?:
    | { readonly bos?: number | undefined; readonly eos?: number | undefined }
    | undefined;
  /** Jinja text, as in tokenizer_config.json. */
  readonly chatTemplate?: string | undefined;
  /** Default `model`. */
  readonly name?: string | undefined;
}

/** The whole file. Throws `model/export-unsupported`, `…/tokenizer-unsupported`, `…/export-overflow`. */
export function writeGguf(options: GgufOptions): Uint8Array {
  return joined([...ggufParts(options)]);
}

/** The same bytes piece by piece, one weight at a time: for files too large to hold beside the model. */
export function ggufParts(options: GgufOptions): Iterable<Uint8Array> {
  const { config, parameters, dtype = 'f32' } = options;
  checkParameters(config, parameters, 'the model');
  const family = llamaCppFamily(config);
  const file = new GgufWriter();
  file.string('general.architecture', family);
  file.string('general.name', options.name ?? 'model');
  file.uint32('general.file_type', fileTypes[dtype]);
  if (dtype === 'q8_0' || dtype === 'q4_0') file.uint32('general.quantization_version', 2);
  writeDimensions(file, family, config);
  writeTokens(file, options);
  const put = (name: string, ours: string, tensor: NamedTensor): void =>
    file.tensor(name, ggufTensor(name, tensor, storedAs(ours, tensor.shape, dtype)));
  for (const [name, ours] of tensorNames(config)) {
    const tensors = ours.flatMap((part) => parameters.get(part) ?? []);
    if (tensors.length > 0) put(name, ours[0]!, inLlamaCppOrder(family, config, ours, tensors));
  }
  if (config.rotaryScaling) put('rope_freqs.weight', 'rope_freqs', rotaryFactors(config));
  return file.parts();
}

function writeTokens(file: GgufWriter, options: GgufOptions): void {
  const { config, tokenizer, specialTokens = {}, chatTemplate } = options;
  if (tokenizer === undefined) {
    file.string('tokenizer.ggml.model', 'none');
    return;
  }
  writeGgufTokenizer(file, config.vocabularySize, tokenizer);
  const { bos, eos } = specialTokens;
  if (bos !== undefined) file.uint32('tokenizer.ggml.bos_token_id', bos);
  if (eos !== undefined) file.uint32('tokenizer.ggml.eos_token_id', eos);
  file.boolean('tokenizer.ggml.add_bos_token', bos !== undefined);
  if (chatTemplate !== undefined) file.string('tokenizer.chat_template', chatTemplate);
}

/** `general.file_type` of llama.h. */
const fileTypes: Readonly<Record<GgufDtype, number>> = { f32: 0, f16: 1, q4_0: 2, q8_0: 7 };

type LlamaCppFamily = 'qwen3' | 'llama' | 'gpt2';

function llamaCppFamily(config: ModelConfig): LlamaCppFamily {
  // Whatever it is called: what Llama computes is written as Llama.
  const family = familyOf({ ...config, family: undefined })?.type;
  const refuse = (what: string): never => {
    throw new LlmError({
      code: 'model/export-unsupported',
      message: `GGUF is written for Qwen3, Llama and GPT-2 as llama.cpp computes them; ${what}. Export to Hugging Face or ONNX instead.`,
    });
  };
  if (config.rotaryScaling?.type === 'yarn') return refuse('yarn is not written');
  if (config.attentionWindow !== undefined) return refuse('theirs have no windows');
  if (family === 'qwen3') {
    if (config.attentionBias) return refuse('its Qwen3 has no biases');
    return config.rotaryScaling ? refuse('its Qwen3 has no rotary scaling') : family;
  }
  if (family === 'gpt2') return config.feedForward === 'gelu' ? refuse('its GPT-2 has tanh GELU') : family;
  return family === 'llama' ? family : refuse('this model is another');
}

function writeDimensions(file: GgufWriter, family: LlamaCppFamily, config: ModelConfig): void {
  const key = (name: string): string => `${family}.${name}`;
  file.uint32(key('context_length'), config.contextLength);
  file.uint32(key('embedding_length'), config.width);
  file.uint32(key('block_count'), config.depth);
  file.uint32(key('feed_forward_length'), config.feedForwardWidth);
  file.uint32(key('attention.head_count'), config.heads);
  file.uint32(key('vocab_size'), config.vocabularySize);
  if (family === 'gpt2') {
    file.float32(key('attention.layer_norm_epsilon'), config.normalizationEpsilon);
    return;
  }
  file.uint32(key('attention.head_count_kv'), config.keyValueHeads);
  file.uint32(key('attention.key_length'), config.headWidth);
  file.uint32(key('attention.value_length'), config.headWidth);
  file.uint32(key('rope.dimension_count'), config.headWidth);
  file.float32(key('attention.layer_norm_rms_epsilon'), config.normalizationEpsilon);
  file.float32(key('rope.freq_base'), config.rotaryBase);
}

const blockTensors: readonly (readonly [string, keyof LayerNames])[] = [
  ['attn_norm', 'attentionNorm'],
  ['attn_q', 'query'],
  ['attn_k', 'key'],
  ['attn_v', 'value'],
  ['attn_output', 'attentionOutput'],
  ['attn_q_norm', 'queryNorm'],
  ['attn_k_norm', 'keyNorm'],
  ['ffn_norm', 'feedForwardNorm'],
  ['ffn_gate', 'gate'],
  ['ffn_up', 'up'],
  ['ffn_down', 'down'],
];

/** llama.cpp's name → ours, several where it joins rows; also of tensors the model does not have. */
function* tensorNames(config: ModelConfig): Generator<[string, string[]]> {
  yield ['token_embd.weight', [embeddingName]];
  yield ['position_embd.weight', [positionName]];
  const joinedAttention = config.positions === 'learned';
  for (let layer = 0; layer < config.depth; layer++) {
    const names = layerNames(layer);
    for (const kind of ['weight', 'bias']) {
      const ours = (part: keyof LayerNames): string => `${names[part]}.${kind}`;
      for (const [theirs, part] of blockTensors) {
        if (joinedAttention && /^attn_[qkv]$/.test(theirs)) continue;
        yield [`blk.${layer}.${theirs}.${kind}`, [ours(part)]];
      }
      if (joinedAttention)
        yield [`blk.${layer}.attn_qkv.${kind}`, [ours('query'), ours('key'), ours('value')]];
    }
  }
  for (const kind of ['weight', 'bias']) yield [`output_norm.${kind}`, [`${finalNormName}.${kind}`]];
  yield ['output.weight', [headName]];
}

function storedAs(ours: string, shape: readonly number[], dtype: GgufDtype): GgufDtype {
  if (shape.length < 2 || ours === positionName) return 'f32';
  const isQuantized = dtype === 'q8_0' || dtype === 'q4_0';
  if (isQuantized && shape[1]! % blockSize !== 0) return 'f16';
  return dtype === 'q4_0' && bitsInQ4(ours) === 8 ? 'q8_0' : dtype;
}

function inLlamaCppOrder(
  family: LlamaCppFamily,
  config: ModelConfig,
  names: readonly string[],
  tensors: readonly NamedTensor[],
): NamedTensor {
  const tensor = tensors.length > 1 ? joinRows(tensors) : tensors[0]!;
  // llama.cpp turns neighbouring elements in Llama, halves in Qwen3.
  return family === 'llama' && /\.[qk]_proj\./.test(names[0]!)
    ? interleaved(tensor, config.headWidth)
    : tensor;
}

/** Rows of each head from [first half, second half] to [first, second] in turn; for a bias, its elements. */
function interleaved({ shape, data }: NamedTensor, headWidth: number): NamedTensor {
  const [rows = 0, columns = 1] = shape;
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
