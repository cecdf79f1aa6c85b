/** Where the links of a page lead. */
import { elementKey } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';

/** A whole address of the web, or undefined: of another protocol, or relative to nothing. */
export function resolveUrl(link: string | undefined, base: string | undefined): string | undefined {
  if (link === undefined || link === '') return undefined;
  try {
    const { href, protocol } = new URL(link, base);
    return protocol === 'http:' || protocol === 'https:' ? href : undefined;
  } catch {
    return undefined;
  }
}

const baseKey = elementKey('base');

/** By the page's `base` element and where it was found. Without either, relative links stay as they are. */
export function linkResolver(
  document: HtmlDocument,
  url: string | undefined,
): (link: string) => string | undefined {
  const node = document.find(baseKey);
  const declared = node < 0 ? undefined : document.attribute(node, 'href')?.trim();
  const base = resolveUrl(declared, url) ?? url;
  return (link) => resolveUrl(link, base) ?? (/^[a-z][a-z\d+.-]*:/i.test(link) ? undefined : link);
}
