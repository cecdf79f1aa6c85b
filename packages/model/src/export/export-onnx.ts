/**
 * Writes a directory that transformers.js loads: config.json, generation_config.json, tokenizer files and
 * onnx/model.onnx (float32). Quantised variants are left out.
 */
import { type ArtifactStore, LlmError } from '@llm/core';
import { serializeOnnx } from '@llm/graph';
import { configText, familyAdvice, familyOf } from '../hugging-face/config.js';
import type { ExportOptions } from '../hugging-face/export-model.js';
import { checkParameters } from '../initial-parameters.js';
import { cachedOnnxGraph } from './onnx-graph.js';

/** transformers.js knows the cache of these families. Protobuf limits a file to 2 GB. */
const maximumBytes = 2 ** 31 - 2 ** 20;

/**
 * Throws `model/export-unsupported` when no family of Hugging Face computes the configuration, and
 * `model/export-too-large` above 2 GB.
 */
export async function exportOnnx(
  store: ArtifactStore,
  prefix: string,
  options: ExportOptions,
): Promise<void> {
  const { config, parameters, tokenizerFiles = {}, specialTokens = {} } = options;
  checkParameters(config, parameters, 'the model');
  if (familyOf(config) === undefined)
    throw new LlmError({
      code: 'model/export-unsupported',
      message: `transformers.js has no model family for this configuration ${familyAdvice(config)}`,
    });
  let bytes = 0;
  for (const { data } of parameters.values()) bytes += data.byteLength;
  if (bytes > maximumBytes)
    throw new LlmError({
      code: 'model/export-too-large',
      message: `The weights have ${bytes} bytes; one ONNX file holds at most ${maximumBytes}. Export to Hugging Face instead.`,
      details: { bytes },
    });
  const encoder = new TextEncoder();
  const write = (name: string, content: Uint8Array): Promise<void> =>
    store.write(prefix === '' ? name : `${prefix}/${name}`, content);
  await write('onnx/model.onnx', serializeOnnx(cachedOnnxGraph(config, parameters)));
  for (const [name, content] of Object.entries(tokenizerFiles))
    await write(name, typeof content === 'string' ? encoder.encode(content) : content);
  const generation = { bos_token_id: specialTokens.bos ?? null, eos_token_id: specialTokens.eos ?? null };
  await write('generation_config.json', encoder.encode(`${JSON.stringify(generation, null, 2)}\n`));
  await write('config.json', encoder.encode(configText(config, specialTokens)));
}
