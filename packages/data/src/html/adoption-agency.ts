/**
 * The end tag of a formatting element (`</b>` in `<b>one<p>two</b>three`): the standard's adoption agency
 * algorithm gives what stands in the block a formatting element of its own.
 */
import { traits } from './element-names.js';
import type { TreeConstruction } from './tree-construction.js';

/** An end tag that no rule speaks of: closes the element of its name unless a special one is above it. */
export function closeByName(page: TreeConstruction, key: number): void {
  const { open } = page;
  const place = open.last(key);
  if (place < 0 || open.lastBoundary(traits.special) > place) return;
  page.impliedEndTags(key);
  open.popTo(place);
}

export function closeFormatting(page: TreeConstruction, key: number): void {
  const { open, formatting, document } = page;
  if (open.currentKey === key && !formatting.entries.includes(open.current)) {
    open.pop();
    return;
  }
  for (let round = 0; round < 8; round++) {
    const element = formatting.last(key);
    if (element < 0) {
      closeByName(page, key);
      return;
    }
    if (document.isOpen[element] === 0) {
      formatting.remove(element);
      return;
    }
    const place = open.placeOf(element);
    if (open.lastBoundary(traits.scope) > place) return;
    const block = open.firstSpecialAbove(place);
    if (block < 0) {
      open.popTo(place);
      formatting.remove(element);
      return;
    }
    page.rearrangements -= open.size - place;
    // A page made to be slow: its formatting stays as it is.
    if (page.rearrangements < 0) {
      formatting.remove(element);
      return;
    }
    adopt(page, element, place, block);
  }
}

function adopt(page: TreeConstruction, element: number, place: number, block: number): void {
  const { open, formatting, document } = page;
  const { entries } = formatting;
  const ancestor = open.nodes[place - 1]!;
  const furthest = open.nodes[block]!;
  /** New elements that stay open between the formatting element's place and the block, innermost first. */
  const between: number[] = [];
  let bookmark = entries.lastIndexOf(element);
  let lastNode = furthest;
  for (let at = block - 1, count = 1; at > place; at--, count++) {
    const node = open.nodes[at]!;
    let entry = entries.lastIndexOf(node);
    if (count > 3 && entry >= 0) {
      entries.splice(entry, 1);
      if (entry < bookmark) bookmark--;
      entry = -1;
    }
    if (entry < 0) continue;
    const copy = document.create(document.key[node]!, document.attributes[node]!);
    entries[entry] = copy;
    between.push(copy);
    if (lastNode === furthest) bookmark = entry + 1;
    document.detach(lastNode);
    document.append(copy, lastNode);
    lastNode = copy;
  }
  document.detach(lastNode);
  page.insert(lastNode, ancestor);
  const copy = document.create(document.key[element]!, document.attributes[element]!);
  document.moveChildren(furthest, copy);
  document.append(furthest, copy);
  const old = entries.lastIndexOf(element);
  if (old >= 0) {
    entries.splice(old, 1);
    if (old < bookmark) bookmark--;
  }
  entries.splice(bookmark, 0, copy);
  const above = open.nodes.slice(block + 1);
  open.replaceFrom(place, [...between.reverse(), furthest, copy, ...above]);
}
