/**
 * Full case folding (Unicode's CaseFolding.txt, statuses C and F): which characters, or short strings, are
 * one when case is ignored. Made from the engine's mappings of the characters that Unicode 16 has; these
 * never change once assigned.
 */
import { CodePointSet } from './code-point-set.js';
import { categorySet } from './unicode-sets.js';

/** Where the last letters with case end. */
const lastCased = 0x1e944;

interface Folds {
  /** Folded text → all single characters that fold to it. */
  readonly members: ReadonlyMap<string, readonly number[]>;
  /** Longest folded text, in code points. */
  readonly longest: number;
}

let folds: Folds | undefined;

/** The folded form of one character. */
export function foldOf(codePoint: number): string {
  // Dotless i is no other letter's case outside Turkish.
  if (codePoint === 0x131) return 'ı';
  return String.fromCodePoint(codePoint).toLowerCase().toUpperCase().toLowerCase();
}

/** All characters whose folded form is this text. */
export function membersOf(folded: string): readonly number[] {
  folds ??= collect();
  return folds.members.get(folded) ?? [];
}

/** All characters whose folded form begins with this character. */
export function membersStartingWith(character: string): readonly number[] {
  folds ??= collect();
  return [...folds.members].flatMap(([folded, list]) => (folded.startsWith(character) ? list : []));
}

/** Characters of the longest folded form. */
export function longestFold(): number {
  folds ??= collect();
  return folds.longest;
}

function collect(): Folds {
  const members = new Map<string, number[]>();
  const unassigned = categorySet('Cn');
  const changes = /[\p{Changes_When_Casemapped}]/u;
  for (let codePoint = 0x41; codePoint < lastCased; codePoint++) {
    if (codePoint >= 0x2e80 && codePoint < 0xa640) continue;
    if (codePoint >= 0xac00 && codePoint < 0xfb00) continue;
    if (!changes.test(String.fromCodePoint(codePoint)) || unassigned.has(codePoint)) continue;
    const folded = foldOf(codePoint);
    const known = members.get(folded);
    if (known === undefined) members.set(folded, [codePoint]);
    else known.push(codePoint);
  }
  let longest = 1;
  for (const [folded, list] of members) {
    const characters = [...folded];
    longest = Math.max(longest, characters.length);
    const own = characters.length === 1 ? folded.codePointAt(0)! : -1;
    if (own >= 0 && !list.includes(own)) list.push(own);
  }
  return { members, longest };
}

/**
 * The set with every character that is one of its characters in another case, and the longer texts that are
 * (`ss` for `ß`).
 */
export function closeOverCase(set: CodePointSet): {
  readonly set: CodePointSet;
  readonly texts: readonly string[];
} {
  folds ??= collect();
  const added: [number, number][] = [];
  const texts: string[] = [];
  for (const [folded, list] of folds.members) {
    if (!list.some((codePoint) => set.has(codePoint))) continue;
    for (const codePoint of list) added.push([codePoint, codePoint]);
    if ([...folded].length > 1) texts.push(folded);
  }
  return { set: set.union(CodePointSet.of(...added)), texts };
}
