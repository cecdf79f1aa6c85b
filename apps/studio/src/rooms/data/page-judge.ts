/**
 * One page through the steps of FineWeb, in the page: what `llm data explain` says of it, but for its
 * language.
 */
import { explainPage, fineWebSteps, Page, type PageStep, passes } from '@llm/data';
import type { ExplainedPage } from '../../wire/index.js';

/** The model that identifies languages is not in the page; the steps for English judge every page. */
const steps: readonly PageStep[] = fineWebSteps({ language: false });

export interface GivenPage {
  readonly url: string;
  readonly contentType: string;
  readonly content: string;
  readonly origin: string;
}

export async function judgePage({ origin, ...source }: GivenPage): Promise<ExplainedPage> {
  const { verdict, step, reason, steps: said, text } = await explainPage(new Page(source), steps);
  return {
    ...{ ...source, origin, verdict, step, reason, text },
    steps: said.map(({ found: _, measures, ...each }) => ({
      ...each,
      measures: measures.map((measure) => ({ ...measure, passes: passes(measure) })),
    })),
  };
}

/** As a browser would take a file of that name and content. */
export function contentTypeOf(name: string, content: string): string {
  if (/\.xht(ml)?$/i.test(name)) return 'application/xhtml+xml';
  return /\.html?$/i.test(name) || /^\s*(<!doctype html|<html)/i.test(content) ? 'text/html' : 'text/plain';
}
