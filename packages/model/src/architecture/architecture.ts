/** What one model is, worked out once: its configuration, and the tensors that belong to it. */
import type { ModelConfig } from '../config/model-config.js';
import { type LoraConfig, loraLayout } from '../weights/lora.js';
import { type ParameterLayouts, parameterLayout } from '../weights/parameter-layout.js';
import { scoreName } from '../weights/parameter-names.js';
import type { IntegerForm, IntegerMatrix } from '../weights/quantized-tensor.js';

export interface Architecture {
  readonly config: ModelConfig;
  readonly lora: LoraConfig | undefined;
  /** The configuration's own tensors. */
  readonly layout: ParameterLayouts;
  /** What is trained: adapters and scalar head where there are adapters, otherwise all of them. */
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
  const heads = [...layout].filter(([name]) => name === scoreName);
  const trained = lora === undefined ? layout : new Map([...loraLayout(layout, lora), ...heads]);
  return { config, lora, layout, trained, quantized, integerForm };
}
