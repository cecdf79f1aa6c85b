/** A page of HTML → its document. */
import { foreignRules } from './foreign-content.js';
import { HtmlDocument } from './html-document.js';
import {
  afterAfterBody,
  afterAfterFrameset,
  afterBody,
  afterFrameset,
  inFrameset,
  inTemplate,
} from './insertion-modes/after-body.js';
import { afterHead, beforeHead, beforeHtml, inHead, initial, inText } from './insertion-modes/before-body.js';
import { inBody } from './insertion-modes/in-body.js';
import { inCaption, inCell, inColumnGroup, inRow, inTable, inTableBody } from './insertion-modes/in-table.js';
import { type Rules, TreeConstruction } from './tree-construction.js';

/** In the order of `modes`. */
const rules: Rules = {
  modes: [
    initial,
    beforeHtml,
    beforeHead,
    inHead,
    afterHead,
    inBody,
    inText,
    inTable,
    inCaption,
    inColumnGroup,
    inTableBody,
    inRow,
    inCell,
    inTemplate,
    afterBody,
    inFrameset,
    afterFrameset,
    afterAfterBody,
    afterAfterFrameset,
  ],
  foreign: foreignRules,
};

export interface ParseHtmlOptions {
  /** Throws `TooManyNodes` beyond. Default: no limit. */
  readonly maxNodes?: number | undefined;
  /** Keep comments and the document type. Default false. */
  readonly comments?: boolean | undefined;
  /** False: what a `noscript` of the body holds are elements, as where no script runs. Default true. */
  readonly scripting?: boolean | undefined;
}

export function parseHtml(html: string, options: ParseHtmlOptions = {}): HtmlDocument {
  const document = new HtmlDocument(options.maxNodes ?? Number.POSITIVE_INFINITY, options.scripting);
  const construction = new TreeConstruction(html, document, rules, options.comments ?? false);
  construction.tokenizer.run();
  return document;
}
