/**
 * What a long operation left out, told in one way everywhere: how many for each reason, which first, and why.
 * One bad row does not end a run, and no row leaves it unseen.
 */

/** How many for each reason, in the order in which the reasons first occurred. */
export function countByReason(
  skipped: readonly { readonly reason: string }[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { reason } of skipped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** Named for each reason, at most. */
const examples = 5;

/**
 * `3 too-long (chats.jsonl:4: 61 positions, rows hold 24; also chats.jsonl:9, chats.jsonl:12), 1 invalid (…)`.
 * `nameOf`: what people know an item by: its id, or file and line.
 */
export function describeSkipped<Item extends { readonly reason: string; readonly message: string }>(
  skipped: readonly Item[],
  nameOf: (item: Item) => string,
): string {
  return Object.entries(countByReason(skipped))
    .map(([reason, count]) => {
      const [first, ...others] = skipped.filter((item) => item.reason === reason).slice(0, examples);
      const rest = count > examples ? ', …' : '';
      const also = others.length === 0 ? '' : `; also ${others.map(nameOf).join(', ')}${rest}`;
      return `${count} ${reason} (${nameOf(first!)}: ${first!.message.replace(/\.$/, '')}${also})`;
    })
    .join(', ');
}
