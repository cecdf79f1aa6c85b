import { documentHash } from './document-hash.js';
import type { GroupPlan } from './plan-mixture.js';

/** Which of the equal divisions of the hashes a document is in. */
export const divisionOf = (seed: number, group: string, id: string): number =>
  documentHash(seed, 'mixture', group, id)[0] >>> 20;

/** How often a document comes, its division being known. */
export const copiesOf = ({ whole, moreBelow }: GroupPlan, division: number): number =>
  whole + (division < moreBelow ? 1 : 0);
