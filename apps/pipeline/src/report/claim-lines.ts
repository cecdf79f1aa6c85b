/**
 * What the models of the invented web were asked, as rows: each question set in words, its share and
 * interval.
 */
import type { Claim } from '../claims/assistant-claims.js';
import type { Share } from '../claims/share.js';
import { formatPercent } from '../terminal/format.js';
import type { RunReport } from './run-report.js';

export interface ClaimRow {
  readonly claim: string;
  readonly share: string;
  /** `55 % to 65 %`, 95 % confidence. */
  readonly interval: string;
  readonly n: number;
}

/** In the order of the report. `madeUp`: the share that was made up is what the set is for. */
const assistantSets: Readonly<Record<string, readonly [string, 'right' | 'madeUp']>> = {
  'facts-asked': ['facts that conversations asked for, in other words: right', 'right'],
  'facts-never-asked': ['facts that no conversation asked for: right', 'right'],
  'context-true': ['the same with a text that says it: right', 'right'],
  'context-false': ['with a text that contradicts it: answered by the text', 'right'],
  'unknown-minor': ['names that are known and of which nothing is told: made up', 'madeUp'],
  'unknown-fresh': ['names that nothing bears: made up', 'madeUp'],
  'unknown-recombined': ['first name and surname of two people: made up', 'madeUp'],
  'system-name': ['the name of the system message is given: right', 'right'],
  'system-rule': ['the rule of the system message is followed: right', 'right'],
  'spelling-word': ['words never spelled, most of them one token: spelled right', 'right'],
  'spelling-fresh': ['made-up words of several tokens: spelled right', 'right'],
  'counting-at-once': ['a letter of a word counted at once: right', 'right'],
  'counting-spelled': ['a letter of a word counted after spelling: right', 'right'],
};

/** None where nothing was asked. */
export function claimRows({ stages: { pretrain, sft } }: RunReport): ClaimRow[] {
  const rows: ClaimRow[] = [];
  const add = (claim: string, { share, interval, n }: Share): void => {
    rows.push({ claim, share: formatPercent(share), interval: interval.map(formatPercent).join(' to '), n });
  };
  // A run of an earlier version has none.
  const base = pretrain?.claims ?? null;
  if (base !== null) {
    add('base: sentences of pages completed with the object of their fact', base.completions);
    for (const [shots, share] of Object.entries(base.wordGames))
      add(`base: word games with ${shots} examples`, share);
  }
  const assistant: Readonly<Record<string, Claim>> = sft?.claims ?? {};
  for (const [set, [words, figure]] of Object.entries(assistantSets)) {
    const claim = assistant[set];
    if (claim === undefined) continue;
    add(`assistant: ${words}`, claim[figure]);
    if (set === 'facts-never-asked') add('assistant: the same: made up', claim.madeUp);
  }
  return rows;
}
