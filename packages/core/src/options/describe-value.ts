/** A value from outside as a few words for an error message: `NaN`, `"1"`, `undefined`, `a promise`. */
const longest = 60;

export function describeValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    if ('then' in value) return 'a promise';
    if (Array.isArray(value)) return `a list of ${value.length}`;
    return Symbol.asyncIterator in value ? 'an asynchronous generator' : 'an object';
  } catch {
    return 'an object that lets nobody look at it';
  }
}
