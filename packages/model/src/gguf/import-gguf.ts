/** A GGUF file → configuration, parameters, tokenizer and chat template. */
import type { NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { UnreadMatrix, WeightTensor } from '../weights/quantized-tensor.js';
import { checkDequantizable, dequantize } from './blocks/dequantize.js';
import type { GgufBlocks } from './blocks/gguf-blocks.js';
import {
  emptyMatrix,
  isRepackable,
  quantizedFromGguf,
  repack,
  repackedForm,
} from './blocks/quantized-from-gguf.js';
import { ggufConfig } from './gguf-config.js';
import type { GgufSpecialTokens, GgufTokenizer } from './gguf-tokenizer.js';
import { readGgufBlocks, type UnreadBlocks, unreadGgufBlocks } from './read-parameters.js';
import { readGgufSpecialTokens, readGgufTokenizer } from './read-tokenizer.js';
import type { ByteSource } from './reading/byte-source.js';
import type { GgufFile } from './reading/gguf-file.js';
import { MetadataReader } from './reading/metadata-reader.js';
import { openGguf } from './reading/open-gguf.js';

export interface ImportedGguf<Weight = NamedTensor> {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, Weight>;
  /** Undefined where the file has none. */
  readonly tokenizer: GgufTokenizer | undefined;
  /** Jinja text. */
  readonly chatTemplate: string | undefined;
  readonly specialTokens: GgufSpecialTokens;
  /** `general.name` */
  readonly name: string | undefined;
  /** All that the header says, as it says it. */
  readonly metadata: GgufFile['metadata'];
}

export interface ImportGgufOptions {
  /**
   * Matrices of integers stay integers, a quarter of the memory and less; of a source with `readNow` they are
   * not held at all. Default false: float32. Floats of any width become float32.
   */
  readonly quantized?: boolean | undefined;
}

/**
 * Reads one tensor at a time. Throws `model/gguf-invalid` (the file contradicts itself), `…/gguf-unsupported`
 * (version, architecture, a setting), `…/gguf-type-unsupported` or `…/parameters-mismatch`.
 */
export async function importGguf(source: ByteSource): Promise<ImportedGguf>;
export async function importGguf(
  source: ByteSource,
  options: ImportGgufOptions,
): Promise<ImportedGguf<WeightTensor>>;
export async function importGguf(
  source: ByteSource,
  { quantized = false }: ImportGgufOptions = {},
): Promise<ImportedGguf<WeightTensor>> {
  const file = await openGguf(source);
  const config = await ggufConfig(file);
  for (const { name, type } of file.tensors.values()) checkDequantizable(type, name, file.name);
  const tokenizer = readGgufTokenizer(file);
  const specialTokens = readGgufSpecialTokens(file, config.vocabularySize);
  const parameters = new Map<string, WeightTensor>();
  if (quantized && canReadNow(file))
    for (const [name, blocks] of unreadGgufBlocks(file, config)) parameters.set(name, asUnread(blocks));
  else
    for await (const [name, blocks] of readGgufBlocks(file, config))
      parameters.set(name, quantized ? asStored(blocks) : dequantize(blocks));
  return {
    config,
    parameters,
    tokenizer,
    specialTokens,
    chatTemplate: new MetadataReader(file, 'tokenizer.').text('chat_template'),
    name: new MetadataReader(file, 'general.').text('name'),
    metadata: file.metadata,
  };
}

/** Read from the file at once. */
const numbersAtOnce = 2 ** 20;

const canReadNow = (file: GgufFile): file is Required<GgufFile> => file.readTensorNow !== undefined;

const staysIntegers = ({ shape, type }: Pick<GgufBlocks, 'shape' | 'type'>): boolean =>
  shape.length === 2 && isRepackable(type);

function asStored(blocks: GgufBlocks): WeightTensor {
  return staysIntegers(blocks)
    ? quantizedFromGguf(blocks.type, blocks.bytes, blocks.shape)
    : dequantize(blocks);
}

/** A matrix of integers is left where it is, all else is small. */
function asUnread(blocks: UnreadBlocks): WeightTensor {
  if (!staysIntegers(blocks)) return dequantize(blocks.read());
  const { type, shape } = blocks;
  const [rows, columns] = shape as [number, number];
  const step = Math.max(1, Math.floor(numbersAtOnce / columns));
  const read: UnreadMatrix['read'] = (start = 0, end = rows, memory = undefined) => {
    const matrix = emptyMatrix(type, [end - start, columns], memory);
    for (let row = start; row < end; row += step)
      repack(type, blocks.read(row, Math.min(end, row + step)).bytes, matrix, row - start);
    return matrix;
  };
  return { shape, ...repackedForm(type), read };
}
