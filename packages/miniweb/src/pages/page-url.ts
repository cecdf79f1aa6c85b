import type { Site } from '../html/site.js';

/** Addresses in the styles of several content systems; the page number makes each unique. */
export function pageUrl(site: Site, slug: string, index: number): string {
  const name = slug === '' ? 'page' : slug;
  switch (site.host.length % 4) {
    case 0:
      return `https://${site.host}/${name}-${index}.html`;
    case 1:
      return `https://${site.host}/pages/${index}/${name}`;
    case 2:
      return `http://${site.host}/index.php?topic=${name}&id=${index}`;
    default:
      return `https://${site.host}/${2019 + (index % 6)}/${name}-${index}/`;
  }
}
