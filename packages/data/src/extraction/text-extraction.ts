import type { JsonValue } from '@llm/core';
import { readMetadata, readTitle } from '../metadata/page-metadata.js';
import { checkOptions } from '../page/check-options.js';
import type { PageStep } from '../page/page-step.js';
import { drop, type Verdict } from '../page/verdict.js';
import { checkFormat, type ExtractOptions, extractContent, extractionKinds } from './extract-text.js';

export interface TextExtractionOptions extends ExtractOptions {
  /**
   * Add what the page says of itself to the document: `author`, `published`, `site`, `declaredLanguage`,
   * `license`, `licenseUrl`, `canonicalUrl`. Default false.
   */
  readonly metadata?: boolean | undefined;
}

const htmlTypes = new Set(['text/html', 'application/xhtml+xml']);

/**
 * The step that makes text of HTML: `format: 'markdown'` makes Markdown of it, which the steps behind it then
 * see; `format: 'blocks'` adds the field `blocks` to the document. A page that is text already is its
 * business only when it is blank.
 */
export function textExtraction(options: TextExtractionOptions = {}): PageStep<Verdict> {
  checkOptions('The step extraction', options, { ...extractionKinds, metadata: 'boolean' });
  const { metadata: withMetadata = false, ...extract } = options;
  checkFormat(extract);
  return {
    name: 'extraction',
    mayIdle: true,
    options,
    applies: (page) => htmlTypes.has(page.contentType) || page.text.trim() === '',
    run: ({ text: html, contentType, url }) => {
      if (!htmlTypes.has(contentType)) return drop('empty');
      const found = extractContent(html, { ...extract, contentType, url });
      if (found.kind === 'drop') return found;
      const { text, blocks, tree } = found;
      const of = withMetadata ? readMetadata(tree.document, url) : undefined;
      const title = (of === undefined ? readTitle(tree.document) : of.title) ?? tree.title;
      const metadata = {
        ...(of !== undefined && {
          author: of.author,
          published: of.date,
          site: of.site,
          declaredLanguage: of.language,
          license: of.license,
          licenseUrl: of.licenseUrl,
          canonicalUrl: of.canonicalUrl,
        }),
        // Blocks are plain JSON.
        ...(blocks !== undefined && { blocks: blocks as unknown as JsonValue }),
      };
      return { kind: 'keep', text, title, metadata };
    },
  };
}
