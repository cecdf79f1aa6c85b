/** A GGUF file whose header has been read. */
import type { GgufValue } from './metadata-values.js';
import type { GgufTensorInfo } from './tensor-table.js';

export interface GgufFile {
  /** Of the source, for errors. */
  readonly name: string;
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufTensorInfo>;
  /** The bytes as they are stored. Throws `model/gguf-invalid` where the file ends before. */
  readTensor(name: string): Promise<Uint8Array>;
  /** Of those bytes the ones from `start` up to `end`, as `ByteSource.readNow` reads them. */
  readTensorNow?(name: string, start: number, end: number): Uint8Array;
}
