/**
 * JSON as Python's `json.loads` and `json.dumps` take and give it: integers of any size, `1.0` that stays a
 * float, keys in their order, `1E400` as Infinity. What chat templates print of a tool call's arguments goes
 * into ids, so that it must be the same text.
 */

/** A number with the text that Python prints of it. */
export class PythonNumber {
  constructor(
    readonly value: number,
    readonly text: string,
    readonly isInteger: boolean,
  ) {}
}

export type PythonValue = string | boolean | null | PythonNumber | readonly PythonValue[] | PythonObject;
export type PythonObject = ReadonlyMap<string, PythonValue>;

/** Arrays and objects inside each other at most, as Python's recursion allows about. */
const deepest = 500;

/** The value of a JSON text; undefined where it is none. */
export function parsePythonJson(text: string): PythonValue | undefined {
  try {
    const reader = new Reader(text);
    const value = reader.value(0);
    reader.space();
    return reader.position === text.length ? value : undefined;
  } catch {
    return undefined;
  }
}

class Reader {
  position = 0;

  constructor(readonly text: string) {}

  space(): void {
    while (/[ \t\n\r]/.test(this.text[this.position] ?? '')) this.position++;
  }

  value(depth: number): PythonValue {
    if (depth > deepest) throw new SyntaxError('too deep');
    this.space();
    const first = this.text[this.position];
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    if (first === '"') return this.string();
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, this.position)) continue;
      this.position += word.length;
      return value;
    }
    const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
    number.lastIndex = this.position;
    const found = number.exec(this.text);
    if (found === null) throw new SyntaxError('no value');
    this.position += found[0].length;
    const value = Number(found[0]);
    if (found[1] !== undefined || found[2] !== undefined) return floatNumber(value);
    return new PythonNumber(value, found[0] === '-0' ? '0' : found[0], true);
  }

  object(depth: number): PythonObject {
    const entries = new Map<string, PythonValue>();
    this.list('}', () => {
      this.space();
      const key = this.string();
      this.space();
      this.expect(':');
      entries.set(key, this.value(depth + 1));
    });
    return entries;
  }

  array(depth: number): PythonValue[] {
    const items: PythonValue[] = [];
    this.list(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  list(close: string, item: () => void): void {
    this.position++;
    this.space();
    if (this.text[this.position] === close) {
      this.position++;
      return;
    }
    for (;;) {
      item();
      this.space();
      if (this.text[this.position] === close) break;
      this.expect(',');
    }
    this.position++;
  }

  string(): string {
    const literal = /"(?:[^"\\]|\\.)*"/sy;
    literal.lastIndex = this.position;
    const found = literal.exec(this.text);
    if (found === null) throw new SyntaxError('no string');
    this.position += found[0].length;
    return JSON.parse(found[0]) as string;
  }

  expect(character: string): void {
    if (this.text[this.position] !== character) throw new SyntaxError(`no ${character}`);
    this.position++;
  }
}

const words: readonly (readonly [string, PythonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', new PythonNumber(Number.NaN, 'NaN', false)],
  ['Infinity', new PythonNumber(Number.POSITIVE_INFINITY, 'Infinity', false)],
  ['-Infinity', new PythonNumber(Number.NEGATIVE_INFINITY, '-Infinity', false)],
];

/** A number of JavaScript: an integer where it is whole. */
export function numberOf(value: number): PythonNumber {
  return Number.isInteger(value)
    ? new PythonNumber(value, BigInt(value).toString(), true)
    : floatNumber(value);
}

/** Python's `repr`: the shortest digits, with an exponent below -4 and from 16 on. */
function floatNumber(value: number): PythonNumber {
  if (!Number.isFinite(value)) return new PythonNumber(value, String(value), false);
  if (Object.is(value, -0)) return new PythonNumber(value, '-0.0', false);
  const [mantissa, power] = value.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return new PythonNumber(value, `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`, false);
  }
  if (exponent < 0) {
    const sign = value < 0 ? '-' : '';
    const digits = mantissa.replace(/[-.]/g, '');
    return new PythonNumber(value, `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`, false);
  }
  const plain = String(value);
  return new PythonNumber(value, plain.includes('.') ? plain : `${plain}.0`, false);
}

export interface DumpOptions {
  readonly ensureAscii?: boolean | undefined;
  readonly indent?: number | string | undefined;
  readonly separators?: readonly [string, string] | undefined;
  readonly sortKeys?: boolean | undefined;
}

export function dumpPythonJson(value: PythonValue, options: DumpOptions = {}): string {
  const { indent, ensureAscii, sortKeys } = options;
  const unit = typeof indent === 'number' ? ' '.repeat(Math.max(0, indent)) : indent;
  const [comma, colon] = options.separators ?? [unit === undefined ? ', ' : ',', ': '];
  const quoted = (text: string): string =>
    ensureAscii === true
      ? JSON.stringify(text).replace(
          /[\x7f-\uffff]/g,
          (unitOf) => `\\u${unitOf.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
      : JSON.stringify(text);
  const wrap = (open: string, items: readonly string[], close: string, depth: number): string => {
    if (items.length === 0) return open + close;
    if (unit === undefined) return open + items.join(comma) + close;
    const line = `\n${unit.repeat(depth + 1)}`;
    return `${open}${line}${items.join(comma + line)}\n${unit.repeat(depth)}${close}`;
  };
  const dump = (item: PythonValue, depth: number): string => {
    if (typeof item === 'string') return quoted(item);
    if (item === null || typeof item === 'boolean') return String(item);
    if (item instanceof PythonNumber) return item.text;
    if (!(item instanceof Map))
      return wrap(
        '[',
        (item as readonly PythonValue[]).map((inner) => dump(inner, depth + 1)),
        ']',
        depth,
      );
    const entries = [...(item as PythonObject)];
    if (sortKeys === true) entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return wrap(
      '{',
      entries.map(([key, inner]) => quoted(key) + colon + dump(inner, depth + 1)),
      '}',
      depth,
    );
  };
  return dump(value, 0);
}
