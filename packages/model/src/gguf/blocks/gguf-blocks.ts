/** A weight as a GGUF file stores it: rows of blocks. */
export interface GgufBlocks {
  /** Of the numbers, outermost axis first. */
  readonly shape: readonly number[];
  /** As ggml names it: `Q4_K`, `F32`. */
  readonly type: string;
  /** Row after row. */
  readonly bytes: Uint8Array;
}

/** Writes the numbers of whole blocks, [blocks · elements]. */
export type Dequantizer = (bytes: Uint8Array, into: Float32Array) => void;
