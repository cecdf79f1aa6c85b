/** Files with digests: damage is refused, or changed nothing. */
import { isDeepStrictEqual } from 'node:util';

export function mustBeNoticed(read: unknown, written: unknown): void {
  if (!isDeepStrictEqual(read, written)) throw new Error('damage inside a digested region was not noticed');
}
