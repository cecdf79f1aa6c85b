/** A model that was read → files of another program, a piece at a time. */
import { open } from 'node:fs/promises';
import type { LoadedModel } from '@llm/assistant/node';
import { LlmError, type NamedTensor } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { WeightTensor } from '@llm/model';
import { exportOnnx, ggufParts } from '@llm/model/export';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { folderFiles, ggufKeys } from './companion-files.js';
import type { ExportFormat, GgufDtype } from './export-format.js';

export interface WriteModelOptions {
  readonly format: ExportFormat;
  /** Of `exportFormats`. */
  readonly types: readonly string[];
  readonly signal: AbortSignal;
  /** Told how many bytes were written so far. */
  readonly onBytes: (bytes: number) => void;
}

const floats = { f32: 'float32', f16: 'float16', bf16: 'bfloat16' } as const;

/** To a file or folder that does not exist yet. Throws what the writer of the format throws. */
export async function writeModel(
  path: string,
  model: LoadedModel,
  options: WriteModelOptions,
): Promise<void> {
  const { config, specialTokens } = model;
  const parameters = floatWeights(model.parameters);
  if (options.format === 'gguf') {
    const dtype = options.types[0] as GgufDtype;
    const parts = ggufParts({ config, parameters, dtype, ...(await ggufKeys(model)) });
    return writeParts(path, parts, options);
  }
  const store = new CountingStore(path, options);
  const shared = { config, parameters, specialTokens, tokenizerFiles: await folderFiles(model) };
  if (options.format === 'onnx')
    return exportOnnx(store, '', { ...shared, dtypes: options.types as ('fp32' | 'q8')[] });
  await exportHuggingFace(store, '', { ...shared, dtype: floats[options.types[0] as keyof typeof floats] });
}

async function writeParts(
  path: string,
  parts: Iterable<Uint8Array>,
  { signal, onBytes }: WriteModelOptions,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    let written = 0;
    for (const part of parts) {
      signal.throwIfAborted();
      await file.writeFile(part);
      written += part.length;
      onBytes(written);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

class CountingStore extends DirectoryStore {
  #written = 0;

  constructor(
    directory: string,
    readonly options: WriteModelOptions,
  ) {
    super(directory);
  }

  override async write(key: string, bytes: Uint8Array): Promise<void> {
    this.options.signal.throwIfAborted();
    await super.write(key, bytes);
    this.#written += bytes.length;
    this.options.onBytes(this.#written);
  }
}

function floatWeights(parameters: ReadonlyMap<string, WeightTensor>): ReadonlyMap<string, NamedTensor> {
  for (const [name, tensor] of parameters)
    if (!('data' in tensor))
      throw new LlmError({ code: 'pipeline/weights-quantized', message: `${name} is still quantised.` });
  return parameters as ReadonlyMap<string, NamedTensor>;
}
