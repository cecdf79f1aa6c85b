/** The whole HTML document: doctype, head, body; and the forms a crawl meets that no author meant. */
import type { Random } from '@llm/core';
import type { Block } from '../content/block.js';
import { designs } from './designs.js';
import { blocksAsElements, escapeHtml } from './markup.js';
import type { Site } from './site.js';

export type HtmlForm = 'clean' | 'broken' | 'deep';

interface DocumentOptions {
  readonly title: string;
  readonly language: string;
  readonly site: Site;
  readonly form: HtmlForm;
  /** Written into a meta element when given. */
  readonly metaCharset?: string | undefined;
}

export interface HtmlDocument {
  readonly html: string;
  readonly boilerplate: readonly string[];
}

/** How deep the `deep` form nests. HTML parsers that recurse overflow their stack here. */
const deepLevels = 10_000;

export function renderDocument(
  blocks: readonly Block[],
  options: DocumentOptions,
  random: Random,
): HtmlDocument {
  const { site, form } = options;
  if (form === 'deep') return { html: deep(blocks, options, random), boilerplate: [] };
  const body = designs[site.design](site, blocks, random);
  const html = `<!DOCTYPE html>
<html lang="${options.language}">
${head(options, random)}
<body class="t-${random.integer(9)}">
${body.html}
</body>
</html>
`;
  return { html: form === 'broken' ? breakTags(html, random) : html, boilerplate: body.boilerplate };
}

function head({ title, site, metaCharset }: DocumentOptions, random: Random): string {
  const charset =
    metaCharset === undefined
      ? ''
      : random.uniform() < 0.5
        ? `<meta charset="${metaCharset}">\n`
        : `<meta http-equiv="Content-Type" content="text/html; charset=${metaCharset}">\n`;
  return `<head>
${charset}<title>${escapeHtml(title)} - ${site.name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style-${random.integer(50)}.css">
<style>.hl { color: #a00; } body { margin: 0; }</style>
<script>var page = { id: ${random.integer(100_000)}, kind: "article" }; if (page.id > 0) { console.log(page); }</script>
</head>`;
}

/**
 * What hand-written pages get wrong without changing what a reader sees:
 * paragraphs, items and the document never closed, elements closed in the wrong
 * order, unquoted attributes, end tags of nothing, a second body, a bare ampersand.
 */
function breakTags(html: string, random: Random): string {
  let wrong = 0;
  return html
    .replace('<!DOCTYPE html>\n', '')
    .replaceAll('</p>', '')
    .replaceAll('</li>', '')
    .replace(/<\/body>\n<\/html>\n$/, '</font></span>')
    .replace(/ class="([a-z-]+)"/g, ' class=$1')
    .replace(/<p>(\p{L}+) (\p{L}+) /gu, (whole, first: string, second: string) =>
      wrong++ % 3 === 0 ? `<p><b>${first} <i>${second}</b></i> ` : whole,
    )
    .replace(/<h1>/, random.uniform() < 0.5 ? '</em></section><h1>' : '<a name=top></a><h1>')
    .replace(/<p>(?=[^<]*$)/, '<body><p>');
}

function deep(blocks: readonly Block[], options: DocumentOptions, random: Random): string {
  const names = ['div', 'span', 'div', 'font', 'section'];
  let open = '';
  for (let level = 0; level < deepLevels; level++) open += `<${names[level % names.length]}>`;
  // Nothing is closed: the parser must do it.
  return `<!DOCTYPE html>\n<html lang="${options.language}">\n${head(options, random)}\n<body>\n${open}\n<article>\n${blocksAsElements(blocks, random)}\n</article>\n`;
}
