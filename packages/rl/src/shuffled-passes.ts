/** The items of any step from (seed, step) alone: an endless sequence of shuffled passes over a list. */
import { createRandom } from '@llm/core';

/**
 * `batch(step)` gives `count` items; `items` must not be empty. `name` keeps two orders of one seed apart.
 */
export function createShuffledPasses<Item>(
  items: readonly Item[],
  count: number,
  seed: number,
  name: string,
): { batch(step: number): Item[] } {
  let passNumber = -1;
  let pass: Item[] = [];
  const at = (index: number): Item => {
    const wanted = Math.floor(index / items.length);
    if (wanted !== passNumber) {
      pass = createRandom(seed, name, wanted).shuffle([...items]);
      passNumber = wanted;
    }
    return pass[index % items.length]!;
  };
  return { batch: (step) => Array.from({ length: count }, (_, i) => at(step * count + i)) };
}
