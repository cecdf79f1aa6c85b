/** A model from anywhere, ready to be trained with its own chat template. */
import { type LoadedModel, readModel } from '@llm/assistant/node';
import type { RunEventListener } from '@llm/core';
import { LlmError } from '@llm/core';
import {
  adamW,
  loraTargets as knownTargets,
  type LoraConfig,
  type LoraTarget,
  quantizeParameters,
  type WeightTensor,
} from '@llm/model';
import { createTemplateRenderer, type TemplateRenderer } from '@llm/tokenizer';
import { findModel } from '../models/model-source.js';
import type { TuningFlags } from './tuning-flags.js';

export interface TunableModel {
  readonly loaded: Omit<LoadedModel, 'parameters'>;
  readonly renderer: TemplateRenderer;
  readonly lora: LoraConfig | undefined;
  /** Of this process before the model was read. */
  readonly programBytes: number;
  /** Of the weights as they were read, before they became what is trained on. */
  readonly readBytes: number;
  /** Gives the weights away, once: nothing here holds them afterwards. */
  takeParameters(): ReadonlyMap<string, WeightTensor>;
  readonly parameters: ReadonlyMap<string, WeightTensor>;
}

/** Adapters are not decayed, and a whole model that is tuned for a few steps need not be. */
export const tuningOptimizer = () => adamW({ weightDecay: 0 });

/** Throws `pipeline/flag-unfit`, `pipeline/chat-template-missing`, and what reading the model throws. */
export async function openTunable(
  flags: TuningFlags,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onEvent?: RunEventListener | undefined;
  } = {},
): Promise<TunableModel> {
  const lora = loraOf(flags);
  const { dtype = lora === undefined ? 'float32' : 'as stored' } = flags;
  if (lora === undefined && dtype !== 'float32')
    throw unfit(
      `--dtype ${dtype}`,
      'weights of integers cannot be trained: add --lora RANK, which trains adapters beside them',
    );
  const { source } = await findModel({ model: flags.model });
  const programBytes = Math.max(smallestProgram, process.memoryUsage().rss);
  const { parameters, ...loaded } = await readModel(source, {
    ...options,
    quantized: dtype !== 'float32',
  });
  if (loaded.tokenizerConfig.chatTemplate === undefined)
    throw new LlmError({
      code: 'pipeline/chat-template-missing',
      message: `${flags.model} has no chat template, so it is not said how a conversation is written for it. Take its instruction-tuned sibling, or put a chat_template.jinja beside its tokenizer.json.`,
      details: { source: flags.model },
    });
  const renderer = await createTemplateRenderer(loaded.tokenizer, loaded.tokenizerConfig);
  const stored = dtype === 'q8' || dtype === 'q4' ? quantizeParameters(parameters, dtype) : parameters;
  let held: ReadonlyMap<string, WeightTensor> | undefined = stored;
  return {
    loaded,
    renderer: { ...renderer, vocabularySize: loaded.tokenizer.vocabularySize },
    lora,
    programBytes,
    readBytes: bytesOf(parameters),
    get parameters() {
      return held ?? new Map();
    },
    takeParameters: () => {
      const taken = held;
      held = undefined;
      return taken ?? new Map();
    },
  };
}

/** Node with ONNX Runtime and a tokenizer. */
const smallestProgram = 150e6;

function bytesOf(parameters: ReadonlyMap<string, WeightTensor>): number {
  let bytes = 0;
  for (const tensor of parameters.values()) {
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    bytes += 'data' in tensor ? 4 * count : (count * tensor.bits) / 8 + (4 * count) / tensor.blockSize;
  }
  return bytes;
}

function loraOf({ lora, loraAlpha, loraTargets: names, merge }: TuningFlags): LoraConfig | undefined {
  if (lora !== undefined) {
    const isTarget = (name: string): name is LoraTarget => knownTargets.some((target) => target === name);
    const targets = names?.filter(isTarget);
    const strange = names?.find((name) => !isTarget(name));
    if (strange !== undefined)
      throw unfit('--lora-targets', `"${strange}" is none of ${knownTargets.join(', ')}`);
    return { rank: lora, alpha: loraAlpha, targets };
  }
  const flags = { '--lora-alpha': loraAlpha, '--lora-targets': names, '--merge': merge };
  const lonely = Object.entries(flags).find(([, value]) => value !== undefined)?.[0];
  if (lonely !== undefined) throw unfit(lonely, 'it is about adapters: add --lora RANK, or leave it out');
  return undefined;
}

export function unfit(flag: string, why: string): LlmError {
  return new LlmError({ code: 'pipeline/flag-unfit', message: `${flag}: ${why}.`, details: { flag } });
}
