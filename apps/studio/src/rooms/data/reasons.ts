/** Reasons with their pages, the most frequent first. */
export function reasonsOf(dropped: Readonly<Record<string, number>>): [reason: string, pages: number][] {
  return Object.entries(dropped).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

const signs = { least: '≥', most: '≤', above: '>', below: '<' } as const;

/** How a value must stand to its threshold for the page to pass. */
export const boundSign = (bound: string): string => signs[bound as keyof typeof signs] ?? bound;
