/** The rules of an insertion mode as tables: from the number of a name to what its tag does. */
import { knownNames, nameNumber } from '../element-names.js';
import type { Tag } from '../tokenizer.js';
import type { InsertionMode, TreeConstruction } from '../tree-construction.js';

export type TagRule = (page: TreeConstruction, tag: Tag) => void;

export interface ModeRules {
  /** Rules by names separated by blanks. */
  readonly start: Readonly<Record<string, TagRule>>;
  readonly end: Readonly<Record<string, TagRule>>;
  readonly anyStart: TagRule;
  readonly anyEnd: TagRule;
  readonly characters: (page: TreeConstruction, text: string) => void;
  readonly atEnd: (page: TreeConstruction) => void;
}

export const ignore = (): void => {};

export function insertionMode(rules: ModeRules): InsertionMode {
  const starts = byNumber(rules.start);
  const ends = byNumber(rules.end);
  const { anyStart, anyEnd } = rules;
  return {
    startTag: (page, tag) => (starts[tag.number] ?? anyStart)(page, tag),
    endTag: (page, tag) => (ends[tag.number] ?? anyEnd)(page, tag),
    characters: rules.characters,
    end: rules.atEnd,
  };
}

function byNumber(rules: Readonly<Record<string, TagRule>>): (TagRule | undefined)[] {
  const table = new Array<TagRule | undefined>(knownNames).fill(undefined);
  for (const [names, rule] of Object.entries(rules))
    for (const name of names.split(' ')) table[nameNumber(name)] = rule;
  return table;
}

/** The rules of another mode, for one token. */
export const startAs =
  (mode: number): TagRule =>
  (page, tag) =>
    page.rules.modes[mode]!.startTag(page, tag);

export const endAs =
  (mode: number): TagRule =>
  (page, tag) =>
    page.rules.modes[mode]!.endTag(page, tag);
