/**
 * GGUF version 3 for llama.cpp, of the architectures in `architectures/`. Left out: other types than those of
 * `stored-types.ts`, importance matrices, nanochat, which llama.cpp does not have.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { familyOf } from '../hugging-face/config.js';
import { checkParameters } from '../weights/check-parameters.js';
import { joinRows } from '../weights/matrices.js';
import type { GgufArchitecture } from './architectures/gguf-architecture.js';
import { rotaryFactors } from './architectures/rotary-factors.js';
import { encodedTensor } from './encode-tensor.js';
import { architectures, rotaryFactorsName } from './gguf-config.js';
import { type GgufSpecialTokens, type GgufTokenizer, writeGgufTokenizer } from './gguf-tokenizer.js';
import { GgufWriter, joined } from './gguf-writer.js';
import { fileTypes, type GgufDtype, storedType } from './stored-types.js';

export interface GgufOptions {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  /** Default `f32`. `q4_k` and `q6_k` are the mixtures that llama.cpp calls Q4_K_M and Q6_K. */
  readonly dtype?: GgufDtype | undefined;
  /** `toGgufTokenizer(tokenizer)` of @llm/tokenizer. Without one llama.cpp takes ids only. */
  readonly tokenizer?: GgufTokenizer | undefined;
  /** With a begin token llama.cpp puts it before every text, unless the tokenizer's `addBos` is false. */
  readonly specialTokens?: GgufSpecialTokens | undefined;
  /** Jinja text, as in tokenizer_config.json. */
  readonly chatTemplate?: string | undefined;
  /** How the model is to be sampled: `general.sampling.*`, which newer llama.cpp takes as its defaults. */
  readonly sampling?: GgufSampling | undefined;
  /** Default `model`. */
  readonly name?: string | undefined;
}

export interface GgufSampling {
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  readonly minP?: number | undefined;
  readonly repetitionPenalty?: number | undefined;
}

/** The whole file. Throws `model/export-unsupported`, `…/tokenizer-unsupported`, `…/export-overflow`. */
export function writeGguf(options: GgufOptions): Uint8Array {
  return joined([...ggufParts(options)]);
}

/** The same bytes piece by piece, one weight at a time: for files too large to hold beside the model. */
export function ggufParts(options: GgufOptions): Iterable<Uint8Array> {
  const { config, parameters, dtype = 'f32' } = options;
  checkParameters(config, parameters, 'the model');
  const architecture = architectureFor(config);
  const file = new GgufWriter();
  file.string('general.architecture', architecture.name);
  file.string('general.name', options.name ?? 'model');
  file.uint32('general.file_type', fileTypes[dtype]);
  if (dtype.startsWith('q')) file.uint32('general.quantization_version', 2);
  writeSampling(file, options.sampling ?? {});
  architecture.write(file, config);
  writeTokens(file, options);
  const put = (name: string, tensor: NamedTensor): void =>
    file.tensor(name, encodedTensor(name, tensor, storedType(name, tensor.shape, dtype, config)));
  for (const { theirs, ours, isInterleaved, offset } of architecture.tensors(config)) {
    const tensors = ours.flatMap((part) => parameters.get(part) ?? []);
    if (tensors.length === 0) continue;
    const { shape, data } = tensors.length > 1 ? joinRows(tensors) : tensors[0]!;
    const tensor = { shape, data: offset === 0 ? data : data.map((value) => value + offset) };
    put(theirs, isInterleaved ? interleaved(tensor, config.headWidth) : tensor);
  }
  if (config.rotaryScaling?.type === 'llama3') put(rotaryFactorsName, rotaryFactors(config));
  return file.parts();
}

function writeSampling(file: GgufWriter, sampling: GgufSampling): void {
  const { temperature: temp, topK, topP: top_p, minP: min_p, repetitionPenalty: penalty_repeat } = sampling;
  for (const [key, value] of Object.entries({ temp, top_p, min_p, penalty_repeat }))
    if (value !== undefined) file.float32(`general.sampling.${key}`, value);
  if (topK !== undefined) file.uint32('general.sampling.top_k', topK);
}

function writeTokens(file: GgufWriter, options: GgufOptions): void {
  const { config, tokenizer, specialTokens = {}, chatTemplate } = options;
  if (tokenizer === undefined) {
    file.string('tokenizer.ggml.model', 'none');
    return;
  }
  writeGgufTokenizer(file, config.vocabularySize, tokenizer, specialTokens);
  if (chatTemplate !== undefined) file.string('tokenizer.chat_template', chatTemplate);
}

/** Throws `model/export-unsupported`. */
function architectureFor(config: ModelConfig): GgufArchitecture {
  const named = (type: string | undefined): GgufArchitecture | undefined =>
    architectures.find(({ families }) => type !== undefined && families.includes(type));
  // Whatever it is called: what Llama computes is written as Llama where llama.cpp has no name for it.
  const found = named(familyOf(config)?.type) ?? named(familyOf({ ...config, family: undefined })?.type);
  const reason = found ? found.refuses(config) : 'this model is another';
  if (found !== undefined && reason === undefined) return found;
  const known = architectures.map(({ name }) => name).join(', ');
  throw new LlmError({
    code: 'model/export-unsupported',
    message: `GGUF is written for the architectures ${known} as llama.cpp computes them; ${reason}. Export to Hugging Face or ONNX instead.`,
  });
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
