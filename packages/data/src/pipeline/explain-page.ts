import type { Measure } from '../page/measure.js';
import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { judgeStep } from './judge-step.js';

/** What one step did to a page. */
export interface StepExplanation {
  readonly step: string;
  /**
   * `keep` or `drop`; `no-business`: it let the page by unseen; `not-reached`:
   * an earlier step had dropped the page for good. Behind a threshold that
   * dropped the page the later steps are asked what they would say.
   */
  readonly verdict: 'keep' | 'drop' | 'no-business' | 'not-reached';
  readonly reason?: string | undefined;
  /** Every rule of the step, with what it saw. */
  readonly measures: readonly Measure[];
  /** Of wall clock. */
  readonly seconds: number;
  /** Whether the page was dropped before: the verdict is one that nobody asked for. */
  readonly afterDrop: boolean;
  /** Text before and after, where the step made another of it. */
  readonly change?: { readonly before: string; readonly after: string } | undefined;
  /** What the step found beside the text, as fields of a document. */
  readonly found: Readonly<Record<string, unknown>>;
}

export interface PageExplanation {
  readonly verdict: 'keep' | 'drop';
  /** The first step that dropped the page, and its reason. */
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
  readonly steps: readonly StepExplanation[];
  /** The text of the document, or that of the page when it was dropped. */
  readonly text: string;
}

/**
 * A page's way through a list of steps: every value that they measured beside its threshold, and what they
 * made of the text. The verdict is that of `StepRunner.run`.
 */
export async function explainPage(page: Page, steps: readonly PageStep[]): Promise<PageExplanation> {
  const explained: StepExplanation[] = [];
  let dropped: { readonly step: string; readonly reason: string; readonly text: string } | undefined;
  let isOver = false;
  for (const step of steps) {
    const base = { step: step.name, measures: [], seconds: 0, afterDrop: dropped !== undefined, found: {} };
    if (isOver || step.applies?.(page) === false) {
      explained.push({ ...base, verdict: isOver ? 'not-reached' : 'no-business' });
      continue;
    }
    const before = page.text;
    const started = performance.now();
    const { verdict, measures, found, mayPass } = await judgeStep(step, page);
    const seconds = (performance.now() - started) / 1000;
    page.add(found);
    const { title, language, languageScore, metadata } = found;
    explained.push({
      ...base,
      verdict: verdict.kind,
      reason: verdict.kind === 'drop' ? verdict.reason : undefined,
      measures,
      seconds,
      change: page.text === before ? undefined : { before, after: page.text },
      found: { title, language, languageScore, ...metadata },
    });
    if (verdict.kind === 'drop') {
      dropped ??= { step: step.name, reason: verdict.reason, text: before };
      isOver = !mayPass;
    }
  }
  if (dropped === undefined) return { verdict: 'keep', steps: explained, text: page.text };
  return { verdict: 'drop', ...dropped, steps: explained };
}
