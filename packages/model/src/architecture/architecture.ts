/** What one model is, worked out once: its configuration, and the tensors that belong to it. */
import type { ModelConfig } from '../config/model-config.js';
import { type LoraConfig, loraLayout } from '../weights/lora.js';
import { type ParameterLayouts, parameterLayout } from '../weights/parameter-layout.js';

export interface Architecture {
  readonly config: ModelConfig;
  readonly lora: LoraConfig | undefined;
  /** The configuration's own tensors. */
  readonly layout: ParameterLayouts;
  /** What is trained: the adapters beside them when there are any, otherwise all of them. */
  readonly trained: ParameterLayouts;
}

export function architectureOf(config: ModelConfig, lora?: LoraConfig): Architecture {
  const layout = parameterLayout(config);
  return { config, lora, layout, trained: lora === undefined ? layout : loraLayout(layout, lora) };
}
