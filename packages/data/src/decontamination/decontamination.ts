import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Verdict } from '../page/verdict.js';
import type { NgramIndex } from './ngram-index.js';

/**
 * Drops the documents that share an n-gram with an evaluation (`contaminated`), or with `report` only says
 * so. Both write `contaminatedNgram`, `contaminatedTask` and `contaminatedRow` into the metadata. Runs for
 * all documents, also for those that no filter sees.
 */
export function decontamination(
  index: NgramIndex,
  { action = 'drop' }: { readonly action?: 'drop' | 'report' | undefined } = {},
): PageStep<Verdict> {
  return {
    name: 'decontamination',
    options: { ...index.identity, action },
    everyDocument: true,
    run: (page: Page) => {
      const found = index.find(page.text);
      if (found === undefined) return keep;
      const metadata = {
        contaminatedNgram: found.ngram,
        contaminatedTask: found.task,
        contaminatedRow: found.row,
      };
      return action === 'drop' ? drop('contaminated', { metadata }) : { kind: 'keep', metadata };
    },
  };
}
