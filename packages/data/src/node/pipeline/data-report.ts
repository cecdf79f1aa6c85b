/** What a run of the data stage found: `prefix/report.json`, the same bytes for the same inputs and options. */
import type { FunnelStep } from '../../pipeline/funnel.js';

export interface DataReport {
  readonly kind: 'data-report';
  readonly version: 1;
  readonly fingerprint: string;
  /** Pages, documents and damaged stretches; `kept` plus all of `dropped`. */
  readonly pages: number;
  readonly kept: number;
  /** Reason → pages. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly funnel: readonly FunnelStep[];
  /** Everything read, by type: archive records (requests and metadata too), lines, documents, damaged stretches. */
  readonly records: Readonly<Record<string, number>>;
  /** Pages by identified language, those included that were dropped for it. */
  readonly languages: Readonly<Record<string, number>>;
  readonly bytes: { readonly input: number; readonly shards: number };
  /** UTF-16 units of page content read and of text kept. */
  readonly characters: { readonly read: number; readonly kept: number };
  readonly pii: { readonly emails: number; readonly ipAddresses: number };
  readonly shards: number;
  readonly inputs: readonly {
    readonly label: string;
    readonly kind: string;
    readonly bytes: number;
    readonly pages: number;
    readonly survivors: number;
  }[];
}
