/** What a run of the data stage found: `prefix/report.json`, the same bytes for the same inputs and options. */
import type { FunnelStep } from '../funnel.js';

export interface DataReport {
  readonly kind: 'data-report';
  readonly version: 1;
  readonly fingerprint: string;
  /** Pages, documents and damaged stretches; `kept` plus all of `dropped`. */
  readonly pages: number;
  readonly kept: number;
  /** Reason → pages. Records that are no pages are in the funnel's reader row alone. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly funnel: readonly FunnelStep[];
  /** Records by type. */
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
