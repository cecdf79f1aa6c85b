/** The licence that a page gives itself. Several different ones are the licences of its parts: then none. */
import type { Markup } from './markup.js';

export interface License {
  readonly license?: string | undefined;
  readonly licenseUrl?: string | undefined;
}

/** `inData`: of JSON-LD, a name or an address. */
export function licenseOf(
  markup: Markup,
  inData: string | undefined,
  resolve: (link: string) => string | undefined,
): License {
  const { meta } = markup;
  const declared = markup.licenseLinks.map(({ url, text }) => ({ url: resolve(url) ?? url, text }));
  const named = distinct(declared.map(({ url }) => url));
  if (named.length === 1) {
    const { url, text } = declared[0]!;
    return { license: spdxOf(url) ?? (text === '' ? undefined : text), licenseUrl: url };
  }
  if (named.length > 1) return {};
  const rights = (
    inData ??
    meta.get('dcterms.license') ??
    meta.get('dc.rights.license') ??
    meta.get('license') ??
    meta.get('dcterms.rights') ??
    meta.get('dc.rights') ??
    meta.get('copyright')
  )?.slice(0, 500);
  if (rights !== undefined) {
    const url = /https?:\/\/\S+/.exec(rights)?.[0]?.replace(/[).,;]+$/, '');
    const spdx = spdxOf(url ?? '') ?? spdxOfText(rights);
    // A line of copyright alone is no licence.
    if (spdx !== undefined) return { license: spdx, licenseUrl: url };
    if (inData !== undefined) return { license: url === undefined ? inData : undefined, licenseUrl: url };
  }
  const commons = distinct(markup.commonsLinks.map((url) => resolve(url) ?? url));
  if (commons.length !== 1) return {};
  return { license: spdxOf(markup.commonsLinks[0]!), licenseUrl: resolve(markup.commonsLinks[0]!) };
}

/** Addresses that differ by more than protocol, language and the form of the deed. */
function distinct(urls: readonly string[]): string[] {
  const plain = (url: string): string =>
    spdxOf(url) ??
    url
      .toLowerCase()
      .replace(/^https?:\/\/(?:www\.)?/, '')
      .replace(/\/$/, '');
  return [...new Set(urls.map(plain))];
}

/** `https://creativecommons.org/licenses/by-sa/4.0/deed.de` → `CC-BY-SA-4.0`. */
export function spdxOf(url: string): string | undefined {
  const found = /creativecommons\.org\/(licenses|publicdomain)\/([a-z+-]+)(?:\/(\d\.\d))?/i.exec(url);
  if (found !== null) {
    const [, group, terms, version] = found;
    if (group === 'publicdomain') return /zero/i.test(terms!) ? 'CC0-1.0' : 'CC-PDDC';
    const name = terms!.toLowerCase() === 'nc-sa' ? 'by-nc-sa' : terms!;
    return `CC-${name.toUpperCase()}${version === undefined ? '' : `-${version}`}`;
  }
  if (/gnu\.org\/(?:copyleft|licenses)\/fdl(?:-1\.(\d))?/i.test(url)) return 'GFDL-1.3-or-later';
  if (/opensource\.org\/licenses?\/mit/i.test(url)) return 'MIT';
  if (/apache\.org\/licenses\/license-2\.0/i.test(url)) return 'Apache-2.0';
  return undefined;
}

/** `Creative Commons Attribution-ShareAlike 4.0` → `CC-BY-SA-4.0`. */
export function spdxOfText(text: string): string | undefined {
  const found =
    /\b(?:cc|creative commons)[ -]*(by(?:[ -](?:nc|sa|nd))*|attribution(?:[ -](?:non-?commercial|share-?alike|no-?deriv(?:ative)?s?(?: works)?))*|0|zero)(?:[ -]*(\d\.\d))?/i.exec(
      text,
    );
  if (found === null) return undefined;
  const terms = found[1]!
    .toLowerCase()
    .replace(/attribution/, 'by')
    .replace(/non-?commercial/, 'nc')
    .replace(/share-?alike/, 'sa')
    .replace(/no-?deriv(?:ative)?s?(?: works)?/, 'nd')
    .replace(/[ -]+/g, '-');
  if (terms === '0' || terms === 'zero') return 'CC0-1.0';
  return `CC-${terms.toUpperCase()}${found[2] === undefined ? '' : `-${found[2]}`}`;
}
