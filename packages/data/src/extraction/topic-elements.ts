import { isHeading, tagBits } from './html-tags.js';
import type { PageTree } from './page-tree.js';

/**
 * Headings, and elements that begin with one, whose id is made from the
 * words of the heading, as Pandoc, Sphinx and Quarto make it: such an id is
 * a topic (`discussion`, `recommendations`), not the name of a template.
 */
export function topicElements(tree: PageTree): Set<number> {
  const topics = new Set<number>();
  for (let node = 1; node < tree.size; node++) {
    const name = tree.name[node]!;
    if (name < 0 || (tagBits[name]! & isHeading) === 0) continue;
    let ids = 0;
    for (let element = node, level = 0; element > 0 && level < 4; element = tree.parent[element]!, level++)
      if (tree.attribute(element, 'id') !== undefined) ids++;
    if (ids === 0) continue;
    let heading = '';
    for (let at = node + 1; at < Math.min(tree.end[node]!, node + 100) && heading.length < 200; at++)
      heading += tree.textOf(at);
    const slug = slugOf(heading);
    for (let element = node, level = 0; element > 0 && level < 4; element = tree.parent[element]!, level++) {
      const id = tree.attribute(element, 'id');
      if (id !== undefined && slug !== '' && slugOf(id) === slug) topics.add(element);
    }
  }
  return topics;
}

const slugOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
