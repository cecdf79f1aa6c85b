/** A page of the miniweb and what every stage must do to it. */
import type { PersonalData } from '../content/block.js';

/** Names shared with the data pipeline, in the order the steps run. */
export type PipelineStep =
  | 'reader'
  | 'url'
  | 'extraction'
  | 'language'
  | 'gopher-repetition'
  | 'gopher-quality'
  | 'c4'
  | 'fineweb'
  | 'minhash';

export interface MiniwebTruth {
  /** Whether the page's text belongs in the output, for a pipeline that selects English. */
  readonly keep: boolean;
  /** The first step that drops the page, and its reason, where one alone is right. Absent when `keep`. */
  readonly step?: PipelineStep | undefined;
  readonly reason?: string | undefined;
  /** lid.176 label, or `und` where there is no text to identify. */
  readonly language: string;
  /** What the generator set out to make: `story`, `repeated-lines`, `near-mirror`, … */
  readonly kind: string;
  /**
   * What extraction must yield, one line per block; empty
   * where extraction is not reached or must find nothing.
   */
  readonly mainText: string;
  /** Strings of the page that extraction must not yield. */
  readonly boilerplate: readonly string[];
  /**
   * Page number and URL of the page this one repeats, and
   * the exact Jaccard similarity of their 5-gram shingles.
   */
  readonly mirrorOf?: { readonly index: number; readonly url: string } | undefined;
  readonly jaccard?: number | undefined;
  /**
   * Probability that FineWeb's MinHash calls the pair duplicates. Near 1 or 0 for most mirrors; one mirror in
   * each block of pages lies between on purpose, and its `keep` only says which is likelier.
   */
  readonly duplicateProbability?: number | undefined;
  readonly personalData?: PersonalData | undefined;
  /** Charset the body is written in, and where that is declared. */
  readonly charset?: { readonly name: string; readonly declared: 'header' | 'meta' | 'none' } | undefined;
}

export interface MiniwebPage {
  readonly index: number;
  readonly url: string;
  /** ISO 8601, seconds. */
  readonly date: string;
  /** `revisit`: the crawler saw the bytes of another URL again and kept no body. */
  readonly recordType: 'response' | 'revisit';
  readonly status: number;
  readonly statusText: string;
  /** HTTP response headers without those of the transfer (length, encodings), which the writer adds. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as the server means it, before any transfer or content coding. */
  readonly body: Uint8Array;
  readonly truth: MiniwebTruth;
}

/** One page a second from a fixed day on. */
export function pageDate(index: number): string {
  return new Date(Date.UTC(2025, 2, 1) + index * 1000).toISOString().replace('.000', '');
}
