/** How one `model_type` of Hugging Face is a configuration of ours, and its tensors ours. */
import type { JsonValue, NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';

export interface Family {
  /** `model_type` */
  readonly type: string;
  /** `architectures[0]` */
  readonly architecture: string;
  /** Whether this family computes exactly what the configuration says. */
  matches(config: ModelConfig): boolean;
  read(json: ConfigReader): ModelConfig;
  write(config: ModelConfig): Record<string, JsonValue>;
  /** Whether a tensor of that name is no weight but a mask or table, of whatever type: it is not read. */
  isBuffer(name: string): boolean;
  /** Tensors under the family's names → ours. */
  importTensors(config: ModelConfig, tensors: ReadonlyMap<string, NamedTensor>): Map<string, NamedTensor>;
  exportTensors(config: ModelConfig, parameters: ReadonlyMap<string, NamedTensor>): Map<string, NamedTensor>;
}
