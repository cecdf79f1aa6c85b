import type { ArchiveDamage } from '../../archive/archive-record.js';

/** What comes out of a compressed file: the start of a member or frame, inflated bytes, a damaged stretch. */
export type InflatedPart =
  | { readonly kind: 'member'; readonly offset: number }
  | {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      /** Good until the next part is asked for: whoever keeps them copies them. */
      readonly lent?: boolean | undefined;
    }
  | { readonly kind: 'damage'; readonly damage: ArchiveDamage };

/** The bytes of a part, the caller's to keep. */
export function ownBytes({ bytes, lent }: Extract<InflatedPart, { readonly kind: 'bytes' }>): Uint8Array {
  return lent === true ? Buffer.from(bytes) : bytes;
}

/** Whether inflated bytes, the first of a member, are a start: of a record, of text. */
export type MemberStart = (head: Uint8Array) => boolean;
