/** The word lists of the text files: one line, entries apart by ", ". */
export function splitList(list: string): readonly string[] {
  return list.split(', ');
}

/** Every list of an object. */
export function splitLists<Name extends string>(
  lists: Readonly<Record<Name, string>>,
): Readonly<Record<Name, readonly string[]>> {
  const entries = Object.entries<string>(lists).map(([name, list]) => [name, splitList(list)]);
  return Object.fromEntries(entries) as Record<Name, readonly string[]>;
}
