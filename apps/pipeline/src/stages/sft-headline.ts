/** What SFT reached, on the terminal and in the report. */
import { formatPercent } from '../terminal/format.js';
import type { SftSummary } from './summaries.js';

/** Form and truth apart: an assistant that always answers in form may always be wrong. */
export function sftHeadline(summary: SftSummary): string {
  const { formatValidBefore, formatValidAfter, rightSumsBefore, rightSumsAfter, sums } = summary;
  const { rightFactsBefore, rightFactsAfter, facts } = summary;
  const share = (before: number, after: number): string =>
    `${formatPercent(before)} → ${formatPercent(after)}`;
  const right = [`sums ${share(rightSumsBefore, rightSumsAfter)} (n = ${sums})`];
  if (rightFactsBefore !== null && rightFactsAfter !== null)
    right.push(`facts ${share(rightFactsBefore, rightFactsAfter)} (n = ${facts})`);
  return `well-formed answers ${share(formatValidBefore, formatValidAfter)}; right answers to held-out questions: ${right.join(', ')}`;
}
