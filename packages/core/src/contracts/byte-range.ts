import { checkNumber } from '../options/check-option.js';

/** Throws `core/option-invalid` for what are no places in a blob. */
export function checkByteRange(start: number, end: number): void {
  checkNumber('start', start, { minimum: 0, integer: true });
  checkNumber('end', end, { minimum: start, integer: true });
}
