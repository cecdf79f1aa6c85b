import type { JsonValue } from '@llm/core';
import type { FunnelStep } from '../../pipeline/funnel.js';
import type { WrittenDocuments } from './write-documents.js';

/** What `data-card.json` holds. */
export interface DataCard {
  readonly kind: 'data-card';
  readonly version: 1;
  readonly name: string;
  readonly licence: string;
  readonly software: { readonly name: string; readonly version: string };
  readonly command: string | null;
  readonly inputs: readonly {
    readonly url: string;
    readonly kind: string;
    readonly field: string | null;
    readonly quality: string | null;
    readonly bytes: number;
    /** Of the server; null where it has none, or the file is local. */
    readonly etag: string | null;
    /** SHA-256 of its size and its first and last 64 KiB. */
    readonly fingerprint: string;
  }[];
  readonly steps: readonly {
    readonly name: string;
    readonly version: string | number | null;
    readonly options: JsonValue;
  }[];
  readonly settings: Readonly<Record<string, JsonValue>>;
  readonly pages: number;
  readonly funnel: readonly FunnelStep[];
  readonly dropped: Readonly<Record<string, number>>;
  readonly personalData: Readonly<Record<string, number>>;
  readonly documents: number;
  /** UTF-16 units. */
  readonly characters: number;
  readonly languages: Readonly<Record<string, number>>;
  readonly licences: Readonly<Record<string, number>>;
  readonly files: WrittenDocuments['files'];
  readonly runFingerprint: string;
}
