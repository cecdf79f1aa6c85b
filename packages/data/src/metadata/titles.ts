/** The title of a page among its candidates: the headline, without the name of the site. */
import type { Markup } from './markup.js';

export function chooseTitle(
  markup: Markup,
  headline: string | undefined,
  site: string | undefined,
): string | undefined {
  const { meta, headings } = markup;
  const candidates = [
    headline,
    meta.get('og:title'),
    markup.title,
    meta.get('twitter:title'),
    meta.get('dc.title'),
    meta.get('citation_title'),
  ];
  const named = candidates.flatMap((text) => (text === undefined || text === '' ? [] : [text.slice(0, 500)]));
  // A heading that the other names of the page hold, too, is its title as readers see it.
  const seen = headings.find((heading) => heading.length > 3 && named.some((name) => holds(name, heading)));
  if (seen !== undefined) return seen;
  const [first] = named;
  // The only heading of its rank, unless it is the name of the site.
  if (headings.length === 1 && headings[0]!.length >= 8 && plain(headings[0]!) !== plain(site ?? ''))
    return headings[0];
  if (first === undefined) return headings[0];
  return headline ?? withoutSite(first, site);
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function holds(name: string, heading: string): boolean {
  const inner = plain(heading);
  return inner !== '' && ` ${plain(name)} `.includes(` ${inner} `);
}

const separators = / (?:[|·•»–—:]|-|::|\|\|) /;

/** `A page | The Site` → `A page`. */
export function withoutSite(title: string, site: string | undefined): string {
  const parts = title.split(separators);
  if (parts.length < 2) return title;
  if (site !== undefined) {
    const name = plain(site);
    if (plain(parts[parts.length - 1]!) === name)
      return title.slice(0, title.lastIndexOf(parts[parts.length - 1]!)).replace(/\s*[|·•»–—:-]+\s*$/, '');
    if (plain(parts[0]!) === name) return title.slice(parts[0]!.length).replace(/^\s*[|·•»–—:-]+\s*/, '');
  }
  // The longest part is the title when it is much longer than what follows.
  const last = parts[parts.length - 1]!;
  const rest = title.slice(0, title.length - last.length).replace(/\s*[|·•»–—:-]+\s*$/, '');
  return rest.length >= last.length && /[|·•»–—-]/.test(title) ? rest : title;
}
