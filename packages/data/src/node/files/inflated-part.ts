import type { ArchiveDamage } from '../../archive/archive-record.js';

/** What comes out of a compressed file: the start of a member or frame, inflated bytes, a damaged stretch. */
export type InflatedPart =
  | { readonly kind: 'member'; readonly offset: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'damage'; readonly damage: ArchiveDamage };

/** Whether inflated bytes, the first of a member, are a start: of a record, of text. */
export type MemberStart = (head: Uint8Array) => boolean;
