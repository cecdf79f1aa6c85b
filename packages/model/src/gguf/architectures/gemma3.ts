/**
 * Gemma 3 (text). llama.cpp knows by the architecture's name that five of six layers have the window and turn
 * by base 10,000 there, unless the file says otherwise, that embeddings are scaled by √width, and that 62
 * layers divide scores by another number; its files have the ones of the norms' gains added to their weights.
 */
import { scoreRule } from '../../attention/score-rule.js';
import { createModelConfig, type ModelConfigOptions } from '../../config/create-model-config.js';
import { inPattern, mostDifferentLayers, shortestPattern } from '../../config/layer-patterns.js';
import type { MetadataReader } from '../reading/metadata-reader.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';

const usualPattern = [true, true, true, true, true, false];
const [windowKey, patternKey] = ['attention.sliding_window', 'attention.sliding_window_pattern'] as const;
const [localBaseKey, softcapKey] = ['rope.freq_base_swa', 'final_logit_softcapping'] as const;

type Sizes = Pick<ModelConfigOptions, 'depth' | 'width' | 'heads' | 'headWidth'>;

/** What scores are multiplied by. */
function scoreScale({ depth, width, heads, headWidth }: Sizes): number {
  return 1 / Math.sqrt(depth === 62 ? Math.floor(width! / heads!) : headWidth!);
}

export const gemma3: GgufArchitecture = {
  name: 'gemma3',
  families: ['gemma3_text'],
  refuses: (config) => {
    const { attentionBias, attentionWindow, localRotaryBase, rotaryScaling } = config;
    if (attentionBias) return 'its Gemma 3 has no biases';
    if (scoreRule(config).scale !== scoreScale(config))
      return 'its Gemma 3 divides scores by the root of the width of a head (of 62 layers: of width / heads)';
    if (rotaryScaling !== undefined && rotaryScaling.type !== 'linear')
      return `its Gemma 3 has no rotary scaling of the type ${rotaryScaling.type}`;
    return attentionWindow !== undefined && localRotaryBase === undefined && rotaryScaling !== undefined
      ? 'its Gemma 3 does not scale the rotation of layers with a window'
      : undefined;
  },
  read: (keys, vocabularySize) => {
    const sizes = readDecoderSizes(keys, vocabularySize, {
      rotaryBase: 1_000_000,
      reads: [windowKey, softcapKey],
    });
    const softcap = keys.decimal(softcapKey, 0);
    const scale = scoreScale(sizes);
    return createModelConfig({
      ...sizes,
      ...readWindow(keys, sizes.depth!),
      feedForward: 'gegluTanh',
      normalizationOffset: 1,
      normPlacement: 'both',
      queryKeyNormalization: 'rms',
      attentionScale: scale === 1 / Math.sqrt(sizes.headWidth!) ? undefined : scale,
      embeddingScale: Math.sqrt(sizes.width!),
      logitSoftcap: softcap === 0 ? undefined : softcap,
    });
  },
  write: (file, config) => {
    writeDecoderSizes(file, 'gemma3', config);
    const { attentionWindow, windowedLayers, localRotaryBase, rotaryBase, logitSoftcap } = config;
    if (logitSoftcap !== undefined) file.float32(`gemma3.${softcapKey}`, logitSoftcap);
    if (attentionWindow === undefined) return;
    file.uint32(`gemma3.${windowKey}`, attentionWindow);
    file.float32(`gemma3.${localBaseKey}`, localRotaryBase ?? rotaryBase);
    const layers = Array.from({ length: config.depth }, (_, layer) => inPattern(windowedLayers, layer));
    if (layers.some((has, layer) => has !== inPattern(usualPattern, layer)))
      file.booleans(`gemma3.${patternKey}`, layers);
  },
  tensors: (config) => decoderTensors(config, { hasOutputNorms: true }),
};

type WindowFields = Pick<ModelConfigOptions, 'attentionWindow' | 'windowedLayers' | 'localRotaryBase'>;

function readWindow(keys: MetadataReader, depth: number): WindowFields {
  const attentionWindow = keys.number(windowKey, 0);
  if (attentionWindow === 0) return {};
  const windowedLayers = readPattern(keys, depth);
  if (!windowedLayers.includes(true)) return {};
  return { attentionWindow, windowedLayers, localRotaryBase: keys.decimal(localBaseKey, 10_000) };
}

/** A list with an entry for each layer, or how manieth layer has no window. */
function readPattern(keys: MetadataReader, depth: number): boolean[] {
  if (!keys.has(patternKey)) return usualPattern;
  if (keys.isList(patternKey)) {
    const list = keys.numbers(patternKey)!;
    if (list.length !== depth) keys.fail(`its ${patternKey} has ${list.length} entries for ${depth} layers`);
    return shortestPattern(list.map((has) => has !== 0));
  }
  const every = keys.number(patternKey);
  if (!Number.isInteger(every) || every < 0 || every > mostDifferentLayers)
    keys.fail(`its ${patternKey} is ${every}`);
  return every === 0 ? [true] : Array.from({ length: every }, (_, layer) => layer < every - 1);
}
