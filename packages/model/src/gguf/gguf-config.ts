/** The metadata of a GGUF file → our configuration. */
import type { ModelConfig } from '../config/model-config.js';
import { familyOf } from '../hugging-face/config.js';
import { gemma3 } from './architectures/gemma3.js';
import type { GgufArchitecture } from './architectures/gguf-architecture.js';
import { gpt2 } from './architectures/gpt2.js';
import { llama } from './architectures/llama.js';
import { olmo2 } from './architectures/olmo2.js';
import { phi3 } from './architectures/phi3.js';
import { qwen2 } from './architectures/qwen2.js';
import { qwen3 } from './architectures/qwen3.js';
import { scalingOfFactors } from './architectures/rotary-factors.js';
import { smolLm3 } from './architectures/smollm3.js';
import { dequantize } from './blocks/dequantize.js';
import { unsupportedGguf } from './gguf-error.js';
import type { GgufFile } from './reading/gguf-file.js';
import { MetadataReader } from './reading/metadata-reader.js';

export const architectures: readonly GgufArchitecture[] = [
  llama,
  qwen2,
  qwen3,
  gemma3,
  phi3,
  smolLm3,
  olmo2,
  gpt2,
];

/** That of the file. Throws `model/gguf-unsupported` with the list of those known. */
export function architectureOf(file: GgufFile): GgufArchitecture {
  const name = file.metadata.get('general.architecture');
  const found = architectures.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const known = architectures.map((candidate) => candidate.name).join(', ');
  throw unsupportedGguf(
    file.name,
    `its architecture ${JSON.stringify(name)} is not supported (${known} are)`,
  );
}

/** So that it is exported as what it was, where another family of Hugging Face computes the same. */
function named(config: ModelConfig, family: string): ModelConfig {
  const found = familyOf({ ...config, family });
  return found?.type === family && familyOf(config) !== found ? { ...config, family } : config;
}

export const rotaryFactorsName = 'rope_freqs.weight';

/**
 * Throws `model/gguf-unsupported` for what is not computed here, or `model/config-invalid`. Reads no tensor
 * but `rope_freqs.weight`.
 */
export async function ggufConfig(file: GgufFile): Promise<ModelConfig> {
  const architecture = architectureOf(file);
  const keys = new MetadataReader(file, `${architecture.name}.`);
  const embedding = file.tensors.get('token_embd.weight');
  if (embedding === undefined) return keys.fail('it has no tensor "token_embd.weight"');
  const config = named(architecture.read(keys, embedding.shape[0]!), architecture.families[0]!);
  const info = file.tensors.get(rotaryFactorsName);
  if (info === undefined) return config;
  if (info.shape.join() !== String(config.headWidth / 2) || info.type !== 'F32')
    keys.fail(`its ${rotaryFactorsName} is ${info.type} [${info.shape.join(', ')}]`);
  const bytes = await file.readTensor(rotaryFactorsName);
  const { data } = dequantize({ shape: info.shape, type: info.type, bytes });
  const rotaryScaling = scalingOfFactors(config, data);
  if (rotaryScaling === 'none')
    return keys.fail(
      `its ${rotaryFactorsName} is not the rotary scaling of Llama 3, and no other is supported there`,
    );
  return { ...config, rotaryScaling };
}
