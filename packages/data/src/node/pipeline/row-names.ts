import type { PageStep } from '../../page/page-step.js';

/** Rows of a run's funnel: reader, steps, and what sees the whole corpus. */
export function rowNames(steps: readonly PageStep[]): string[] {
  return ['reader', ...steps.map(({ name }) => name), 'minhash', 'sentences', 'substrings'];
}
