/** The main text of a page as blocks: what is chosen of its markup, or else what the page declares. */
import { buildBlocks } from './block-builder.js';
import { type ContentOptions, chooseContent } from './choose-content.js';
import { type DeclaredContent, declaredContent } from './declared-content.js';
import type { PageTree, ParseLimits } from './page-tree.js';
import { textOfBlocks } from './render-text.js';

/** `plain` (default): blocks without runs. */
export function mainContent(
  tree: PageTree,
  html: string,
  options: ParseLimits & {
    readonly [K in keyof ContentOptions]?: ContentOptions[K] | undefined;
  } & { readonly plain?: boolean | undefined },
): DeclaredContent {
  const mode = options.mode ?? 'balanced';
  const { discarded, confidence } = chooseContent(tree, html, { ...options, mode });
  const content = buildBlocks(tree, [0], discarded, options.plain ?? true);
  const text = textOfBlocks(content);
  const declared = declaredContent(tree, text, { ...options, summary: mode !== 'precision' });
  return declared ?? { content, text, confidence };
}
