/** What is known of a part of a pattern before it is tried. */
import { foldOf, membersStartingWith } from './case-folding.js';
import { CodePointSet } from './code-point-set.js';
import type { SyntaxNode } from './syntax-tree.js';

const emptySet = new CodePointSet([]);

/** Whether a part of the pattern can match without taking a character. */
export function canBeEmpty(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'set':
      return false;
    case 'text':
      return node.text === '';
    case 'sequence':
      return node.items.every(canBeEmpty);
    case 'alternatives':
      return node.items.some(canBeEmpty);
    case 'repeat':
      return node.least === 0 || canBeEmpty(node.body);
    case 'atomic':
      return canBeEmpty(node.body);
    default:
      return true;
  }
}

/** Whether a part of the pattern looks around or asks where it is. */
export function hasAssertion(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'assertion':
    case 'look':
      return true;
    case 'sequence':
    case 'alternatives':
      return node.items.some(hasAssertion);
    case 'repeat':
    case 'atomic':
      return hasAssertion(node.body);
    default:
      return false;
  }
}

/** The characters a match of this part can begin with (perhaps too many); undefined where it can be empty. */
export function firstCharacters(node: SyntaxNode): CodePointSet | undefined {
  switch (node.type) {
    case 'set':
      return node.set;
    case 'text': {
      const first = node.text.codePointAt(0);
      if (first === undefined) return undefined;
      const own = CodePointSet.of([first, first]);
      if (!node.ignoresCase) return own;
      const folded = foldOf(first).codePointAt(0)!;
      const others = [folded, ...membersStartingWith(String.fromCodePoint(folded))];
      return own.union(CodePointSet.of(...others.map((codePoint) => [codePoint, codePoint] as const)));
    }
    case 'sequence': {
      let set = emptySet;
      for (const item of node.items) {
        const first = possibleFirst(item);
        if (first === undefined) return undefined;
        set = set.union(first);
        if (!canBeEmpty(item)) return set;
      }
      return undefined;
    }
    case 'alternatives': {
      const firsts = node.items.map(firstCharacters);
      return firsts.reduce(
        (set, first) => (set === undefined || first === undefined ? undefined : set.union(first)),
        emptySet,
      );
    }
    case 'repeat':
      return node.least === 0 ? undefined : firstCharacters(node.body);
    case 'atomic':
      return firstCharacters(node.body);
    default:
      return undefined;
  }
}

/** The characters this part takes first when it takes any; undefined where that is not known. */
function possibleFirst(node: SyntaxNode): CodePointSet | undefined {
  if (node.type === 'assertion' || node.type === 'look') return emptySet;
  if (node.type === 'repeat') return canBeEmpty(node.body) ? undefined : firstCharacters(node.body);
  return firstCharacters(node);
}
