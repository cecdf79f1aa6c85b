/** Tensors of a family that calls some parts of a layer otherwise. */
import type { NamedTensor } from '@llm/core';

/**
 * `names` goes from a part of their names to a part of ours; all change at once, so that two may change
 * places. A tensor whose new name another has already gets one that no model has.
 */
export function renamed(
  tensors: ReadonlyMap<string, NamedTensor>,
  names: ReadonlyMap<string, string>,
): Map<string, NamedTensor> {
  const result = new Map<string, NamedTensor>();
  for (const [name, tensor] of tensors) {
    const part = [...names.keys()].find((theirs) => name.includes(`.${theirs}.`));
    const ours = part === undefined ? name : name.replace(part, names.get(part)!);
    result.set(result.has(ours) ? `${name} (again)` : ours, tensor);
  }
  return result;
}

export function inverse(names: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...names].map(([theirs, ours]) => [ours, theirs]));
}
