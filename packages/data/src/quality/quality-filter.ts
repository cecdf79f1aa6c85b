/**
 * The step that keeps what a classifier of quality scores high enough: FineWeb-Edu's regression (0…5, keep
 * from 3 on), fastText classifiers as DCLM and datatrove use them, anything that gives a text a number. The
 * score joins the document as `metadata.<name>`.
 */

import { checkNumber, LlmError } from '@llm/core';
import { checkOptions } from '../page/check-options.js';
import type { PageStep } from '../page/page-step.js';
import { drop } from '../page/verdict.js';

export interface TextScorer {
  /** Field of the metadata, and part of what a run was made with: which model it is. */
  readonly name: string;
  /** Tells models of one name apart: a hash of the file, for instance. */
  readonly fingerprint?: string | undefined;
  score(text: string): number | Promise<number>;
}

export interface QualityFilterOptions {
  readonly scorer: TextScorer;
  /** Documents stay whose score is at least this. */
  readonly minimum: number;
  /**
   * Round the score, limited to these bounds, before it is compared, as FineWeb-Edu's `int_score` is:
   * `[0, 5]`. Default: compared as it is.
   */
  readonly roundWithin?: readonly [number, number] | undefined;
}

/**
 * Reason: `low-score`. Throws `core/option-invalid`, and `data/score-invalid` for a score that is no number.
 */
export function qualityFilter(options: QualityFilterOptions): PageStep {
  checkOptions('The step quality', options, {
    ...({ scorer: 'object!', minimum: 'any', roundWithin: 'list' } as const),
  });
  const { scorer, minimum, roundWithin } = options;
  checkNumber('minimum', minimum);
  const field = scorer.name;
  return {
    name: 'quality',
    options: { scorer: field, fingerprint: scorer.fingerprint, minimum, roundWithin },
    async run({ text }) {
      const score = await scorer.score(text);
      if (!Number.isFinite(score))
        throw new LlmError({
          code: 'data/score-invalid',
          message: `${field} scores a text ${String(score)}, which is no number. Check the model and its tokenizer.`,
          details: { scorer: field },
        });
      const compared = roundWithin === undefined ? score : rounded(score, roundWithin);
      const found = { metadata: { [field]: Math.round(score * 1e6) / 1e6 } };
      return compared >= minimum ? { kind: 'keep', ...found } : drop('low-score', found);
    },
  };
}

/** As Python's `round`: halves go to the even neighbour. */
function rounded(score: number, [lowest, highest]: readonly [number, number]): number {
  const within = Math.min(highest, Math.max(lowest, score));
  const down = Math.floor(within);
  if (within - down === 0.5) return down % 2 === 0 ? down : down + 1;
  return Math.round(within);
}

/** FineWeb-Edu's rule for the scores of its classifier, 0…5: educational enough from 3 on. */
export const fineWebEdu = (scorer: TextScorer): QualityFilterOptions => ({
  scorer,
  minimum: 3,
  roundWithin: [0, 5],
});
