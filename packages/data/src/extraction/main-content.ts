/** The main text of a page as blocks: what is chosen of its markup, or else what the page declares. */
import { buildContent, type ContentDetail } from './block-builder.js';
import { type ContentOptions, chooseContent } from './choose-content.js';
import { type DeclaredContent, declaredContent } from './declared-content.js';
import type { PageTree, ParseLimits } from './page-tree.js';

/** `detail`: default `text`. */
export function mainContent(
  tree: PageTree,
  html: string,
  options: ParseLimits & {
    readonly [K in keyof ContentOptions]?: ContentOptions[K] | undefined;
  } & { readonly detail?: ContentDetail | undefined },
): DeclaredContent {
  const mode = options.mode ?? 'balanced';
  const { discarded, confidence } = chooseContent(tree, html, { ...options, mode });
  const detail = options.detail ?? 'text';
  const { blocks, text } = buildContent(tree, [0], discarded, detail);
  const declared = declaredContent(tree, text, { ...options, detail, summary: mode !== 'precision' });
  return declared ?? { blocks, text, confidence };
}
