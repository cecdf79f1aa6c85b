/** What one model is, worked out once: its configuration, and the tensors that belong to it. */
import type { ModelConfig } from '../config/model-config.js';
import { type LoraConfig, loraLayout } from '../weights/lora.js';
import { type ParameterLayouts, parameterLayout } from '../weights/parameter-layout.js';
import type { IntegerForm, IntegerMatrix } from '../weights/quantized-tensor.js';

export interface Architecture {
  readonly config: ModelConfig;
  readonly lora: LoraConfig | undefined;
  /** The configuration's own tensors. */
  readonly layout: ParameterLayouts;
  /** What is trained: the adapters beside them when there are any, otherwise all of them. */
  readonly trained: ParameterLayouts;
  /** Weights that are integers, by checkpoint name: never trained. */
  readonly quantized: ReadonlyMap<string, IntegerMatrix>;
  /** How graphs over whole sequences read them. */
  readonly integerForm: IntegerForm;
}

export function architectureOf(
  config: ModelConfig,
  lora?: LoraConfig,
  quantized: ReadonlyMap<string, IntegerMatrix> = new Map(),
  integerForm: IntegerForm = 'bytes',
): Architecture {
  const layout = parameterLayout(config);
  const trained = lora === undefined ? layout : loraLayout(layout, lora);
  return { config, lora, layout, trained, quantized, integerForm };
}
