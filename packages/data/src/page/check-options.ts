/**
 * What every function with options asks first: whether it has them all, and whether they are of their kind.
 * Types say so to TypeScript; JavaScript, JSON and `as` do not ask, and an option that nobody reads is a
 * filter that was never set. Ranges are the business of `checkNumbers` of @llm/core.
 */
import { describeValue, LlmError } from '@llm/core';

/** `list` is an array or a set of anything; `object` has names; `!` behind a kind: it must be given. */
type Kind = 'boolean' | 'number' | 'text' | 'list' | 'object' | 'function' | 'any';

/** Every option of a function, so that the compiler asks for the new ones. */
export type OptionKinds<Options extends object> = {
  readonly [Name in keyof Options]-?: Kind | `${Kind}!` | `${Kind}|${Kind}`;
};

const said: Readonly<Record<Kind, string>> = {
  boolean: 'true or false',
  number: 'a number',
  text: 'a text',
  list: 'a list',
  object: 'an object',
  function: 'a function',
  any: 'a value',
};

/**
 * Throws `data/option-invalid` for what is no option of `what`, is missing, or is of another kind; details:
 * `what`, `option`.
 */
export function checkOptions<Options extends object>(
  what: string,
  options: Options,
  kinds: OptionKinds<Options>,
  code: `data/${string}` = 'data/option-invalid',
): void {
  const fail = (message: string, option?: string): never => {
    throw new LlmError({ code, message, details: { what, ...(option !== undefined && { option }) } });
  };
  const names = Object.keys(kinds);
  const takes = `It has ${names.join(', ')}.`;
  if (!isKind(options, 'object'))
    fail(`${what} takes an object of options, not ${describeValue(options)}. ${takes}`);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(kinds, name)) continue;
    const meant = names.find((known) => isLike(known, name));
    fail(
      `${what} has no option "${name}"${meant === undefined ? '' : `: is "${meant}" meant?`}${meant === undefined ? '.' : ''} ${takes}`,
      name,
    );
  }
  for (const [name, kind] of Object.entries<string>(kinds)) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    const isNeeded = kind.endsWith('!');
    const allowed = kind.replace('!', '').split('|') as Kind[];
    if (value === undefined) {
      if (isNeeded) fail(`${what} needs "${name}", ${said[allowed[0]!]}, and it is not given.`, name);
    } else if (!allowed.some((one) => isKind(value, one)))
      fail(
        `"${name}" of ${what} is ${describeValue(value)}; it must be ${allowed.map((one) => said[one]).join(' or ')}.`,
        name,
      );
  }
}

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'list':
      return Array.isArray(value) || value instanceof Set;
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === kind;
  }
}

/** The same letters at the beginning: `languages` for `language`, `minimumWords` for `minWords` is not. */
function isLike(known: string, name: string): boolean {
  const [a, b] = [known.toLowerCase(), name.toLowerCase()];
  return a.startsWith(b) || b.startsWith(a) || distance(a, b) <= 2;
}

/** Letters to add, take away or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length]!;
}
