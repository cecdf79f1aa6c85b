import type { ArchiveDamage } from '../../archive/archive-record.js';
import { drop } from '../../page/verdict.js';
import type { InputItem } from './data-input.js';

/** A stretch of a file that could not be read, counted like a page that was dropped. */
export function damagedItem({ reason, offset, bytes, message }: ArchiveDamage): InputItem {
  return { ...drop(reason, { metadata: { offset, bytes, message } }), recordType: 'damaged' };
}

/** A file that is no text, counted as one page that was dropped. */
export function refusedItem(message: string): InputItem {
  return { ...drop('binary', { metadata: { offset: 0, message } }), recordType: 'damaged' };
}
