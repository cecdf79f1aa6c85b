/** Where two answers differ, token by token (Myers 1986, by jsdiff). */
import { diffArrays } from 'diff';

export interface DifferencePart {
  readonly side: 'both' | 'first' | 'second';
  readonly tokens: readonly string[];
}

export function sampleDifference(first: readonly string[], second: readonly string[]): DifferencePart[] {
  return diffArrays([...first], [...second]).map(({ added, removed, value }) => ({
    side: added ? 'second' : removed ? 'first' : 'both',
    tokens: value,
  }));
}
