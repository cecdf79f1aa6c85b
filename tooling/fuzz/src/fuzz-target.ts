/** What is fuzzed: a parser of what comes from outside, with whole small files to damage. */
export interface FuzzTarget {
  readonly name: string;
  /** By file name. One of them is damaged at a time; what else a folder holds stays whole. */
  readonly seeds: Readonly<Record<string, Uint8Array>>;
  /**
   * Reads the damaged file as a user would, on to the first thing it gives. Broken input ends in an LlmError
   * or in a counted skip; anything else that is thrown is a fault.
   */
  run(bytes: Uint8Array, file: string): unknown;
}

const encoder = new TextEncoder();

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
