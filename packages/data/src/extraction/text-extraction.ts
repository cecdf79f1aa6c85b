import type { PageStep } from '../page/page-step.js';
import { drop, type Verdict } from '../page/verdict.js';
import { type ExtractOptions, extractText } from './extract-text.js';

/** The step that makes text of HTML. A page that is text already is its business only when it is blank. */
export function textExtraction(options: ExtractOptions = {}): PageStep<Verdict> {
  return {
    name: 'extraction',
    options,
    applies: (page) => page.contentType === 'text/html' || page.text.trim() === '',
    run: (page) => (page.contentType === 'text/html' ? extractText(page.content, options) : drop('empty')),
  };
}
