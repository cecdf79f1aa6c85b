/** A folder of a model: config.json, the headers of its safetensors, tokenizer files. */
import type { ArtifactStore } from '@llm/core';
import { readSafetensorsHeader } from '@llm/model';
import { fromHuggingFaceConfig } from '@llm/model/hugging-face';
import { fromTokenizerFolder, fromTokenizerJson } from '@llm/tokenizer';
import type { Inspection, TensorSummary } from './inspection.js';
import { attempt, summarizeTokenizer } from './tokenizer-summary.js';

const tokenizerFiles = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'chat_template.json',
];

/** `prefix` is empty or ends in a slash. */
export async function inspectFolder(
  store: ArtifactStore,
  prefix: string,
  format: string,
): Promise<Inspection> {
  const unsupported: string[] = [];
  const text = async (name: string): Promise<string | undefined> =>
    (await store.has(prefix + name)) ? new TextDecoder().decode(await store.read(prefix + name)) : undefined;
  const configText = await text('config.json');
  const config =
    configText && attempt(() => fromHuggingFaceConfig(configText, `${prefix}config.json`), unsupported);
  const files: Record<string, string> = {};
  for (const name of tokenizerFiles) {
    const content = await text(name);
    if (content !== undefined) files[name] = content;
  }
  const hasTokenizer = files['tokenizer.json'] !== undefined;
  if (!hasTokenizer) unsupported.push('There is no tokenizer.json: texts cannot be given to the model.');
  const tensors = await weightHeaders(store, prefix);
  if (tensors.length === 0)
    unsupported.push('There are no weights here: no model.safetensors, and no index of several.');
  const json = jsonOf(configText);
  const generation = jsonOf(await text('generation_config.json'));
  return {
    format,
    architecture: typeof json?.model_type === 'string' ? json.model_type : undefined,
    config: config || undefined,
    tensors,
    tokenizer: hasTokenizer
      ? summarizeTokenizer(() => fromTokenizerFolder(files).tokenizer, unsupported)
      : undefined,
    // The template is of use without the tokenizer too.
    chatTemplate: attempt(
      () => fromTokenizerFolder({ ...files, 'tokenizer.json': anyTokenizer }).config.chatTemplate,
      [],
    ),
    generation,
    unsupported,
  };
}

/** Of nothing but bytes. */
const anyTokenizer = JSON.stringify({
  model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
});

async function weightHeaders(store: ArtifactStore, prefix: string): Promise<TensorSummary[]> {
  if (await store.has(`${prefix}model.safetensors`)) return header(store, `${prefix}model.safetensors`);
  const index = `${prefix}model.safetensors.index.json`;
  if (!(await store.has(index))) return [];
  const map = jsonOf(new TextDecoder().decode(await store.read(index)))?.weight_map;
  const files = [...new Set(Object.values(map ?? {}))].filter((file) =>
    /^[\w.-]+\.safetensors$/.test(String(file)),
  );
  const tensors: TensorSummary[] = [];
  for (const file of files) tensors.push(...(await header(store, prefix + String(file))));
  return tensors;
}

/** The tensors of a safetensors file. Throws `model/safetensors-invalid`. */
export async function header(store: ArtifactStore, key: string): Promise<TensorSummary[]> {
  const size = await store.size!(key);
  const read = (end: number): Promise<Uint8Array> => store.readRange!(key, 0, Math.min(end, size));
  const length = await read(8);
  const claimed =
    length.length < 8 ? 0 : Number(new DataView(length.buffer, length.byteOffset).getBigUint64(0, true));
  const bytes = await read(8 + Math.min(claimed, 100_000_000));
  return readSafetensorsHeader(bytes, size, key).map(({ name, dtype, shape, start, end }) => ({
    name,
    dtype,
    shape,
    bytes: end - start,
  }));
}

/** A tokenizer.json by itself. */
export function inspectTokenizer(text: string): Inspection {
  const unsupported: string[] = [];
  const tokenizer = summarizeTokenizer(() => fromTokenizerJson(text), unsupported);
  return { format: 'tokenizer.json', tensors: [], tokenizer, unsupported };
}

/** A LoRA adapter in PEFT's layout. */
export async function inspectAdapter(store: ArtifactStore): Promise<Inspection> {
  const json = jsonOf(new TextDecoder().decode(await store.read('adapter_config.json')));
  return {
    format: 'LoRA adapter',
    architecture: typeof json?.peft_type === 'string' ? json.peft_type : undefined,
    tensors: (await store.has('adapter_model.safetensors'))
      ? await header(store, 'adapter_model.safetensors')
      : [],
    notes: {
      base: json?.base_model_name_or_path,
      rank: json?.r,
      alpha: json?.lora_alpha,
      targets: json?.target_modules,
    },
    unsupported: [],
  };
}

export function jsonOf(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
