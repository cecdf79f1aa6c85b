import { checkOptions } from '../page/check-options.js';
import type { PageStep } from '../page/page-step.js';
import { keep, type Verdict } from '../page/verdict.js';
import { repairText, type TextRepairOptions } from './repair-text.js';

/**
 * The step that rewrites text which was read in the wrong encoding: of pages before their text is extracted
 * (extraction drops controls, which often are half of a letter), of texts anywhere. It drops nothing.
 */
export function textRepair(options: TextRepairOptions = {}): PageStep<Verdict> {
  checkOptions('The step repair', options, { entities: 'boolean' });
  return {
    name: 'repair',
    options,
    run: ({ text }) => {
      const repaired = repairText(text, options);
      return repaired === text ? keep : { kind: 'keep', text: repaired };
    },
  };
}
