/** Key-value pairs of a GGUF header. Lists of numbers are as wide in memory as in the file. */
import type { ByteCursor } from './byte-cursor.js';

/** In a list: truth is 0 or 1 in a Uint8Array, 64-bit integers (up to 2^53) are in a Float64Array. */
export type GgufValue = number | boolean | string | readonly string[] | GgufNumbers;

export type GgufNumbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

interface ValueType {
  readonly name: string;
  readonly bytes: number;
  take(cursor: ByteCursor): number | boolean;
  list(count: number): GgufNumbers;
}

/** By their numbers in the file; 8 is a string and 9 a list. */
const numberTypes: ReadonlyMap<number, ValueType> = new Map([
  [0, { name: 'uint8', bytes: 1, take: (c) => c.uint8(), list: (n) => new Uint8Array(n) }],
  [1, { name: 'int8', bytes: 1, take: (c) => c.int8(), list: (n) => new Int8Array(n) }],
  [2, { name: 'uint16', bytes: 2, take: (c) => c.uint16(), list: (n) => new Uint16Array(n) }],
  [3, { name: 'int16', bytes: 2, take: (c) => c.int16(), list: (n) => new Int16Array(n) }],
  [4, { name: 'uint32', bytes: 4, take: (c) => c.uint32(), list: (n) => new Uint32Array(n) }],
  [5, { name: 'int32', bytes: 4, take: (c) => c.int32(), list: (n) => new Int32Array(n) }],
  [6, { name: 'float32', bytes: 4, take: (c) => c.float32(), list: (n) => new Float32Array(n) }],
  [7, { name: 'bool', bytes: 1, take: (c) => c.boolean(), list: (n) => new Uint8Array(n) }],
  [10, { name: 'uint64', bytes: 8, take: (c) => c.uint64(), list: (n) => new Float64Array(n) }],
  [11, { name: 'int64', bytes: 8, take: (c) => c.int64(), list: (n) => new Float64Array(n) }],
  [12, { name: 'float64', bytes: 8, take: (c) => c.float64(), list: (n) => new Float64Array(n) }],
] satisfies [number, ValueType][]);
const stringType = 8;
const listType = 9;

/** The largest vocabulary known has a quarter of a million tokens, and twice as many merges. */
const longestListOfStrings = 2 ** 22;
/** Numbers of a list that are fetched together. */
const numbersAtOnce = 2 ** 16;
const longestKey = 2 ** 16 - 1;

/** Reads `count` pairs. Throws `model/gguf-invalid`. */
export async function readMetadata(cursor: ByteCursor, count: number): Promise<Map<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const start = cursor.position;
    const key = await cursor.string(`the key of pair ${index}`, longestKey);
    if (metadata.has(key)) cursor.fail(`the key "${key}" is there twice`, start);
    await cursor.need(4, `"${key}"`);
    metadata.set(key, await readValue(cursor, `"${key}"`, cursor.uint32()));
  }
  return metadata;
}

async function readValue(cursor: ByteCursor, what: string, code: number): Promise<GgufValue> {
  if (code === stringType) return cursor.string(what);
  if (code === listType) return readList(cursor, what);
  const type =
    numberTypes.get(code) ?? cursor.fail(`${what} has the unknown type ${code}`, cursor.position - 4);
  await cursor.need(type.bytes, what);
  return type.take(cursor);
}

async function readList(cursor: ByteCursor, what: string): Promise<GgufValue> {
  await cursor.need(12, what);
  const start = cursor.position;
  const code = cursor.uint32();
  const count = cursor.uint64();
  if (code === listType) cursor.fail(`${what} is a list of lists`, start);
  if (code === stringType) return readStrings(cursor, what, count);
  const type = numberTypes.get(code) ?? cursor.fail(`${what} is a list of the unknown type ${code}`, start);
  if (count * type.bytes > cursor.remaining)
    cursor.fail(
      `${what} claims ${count} numbers of ${type.bytes} bytes and the file has ${cursor.remaining} bytes more`,
      start,
    );
  const list = type.list(count);
  for (let index = 0; index < count; ) {
    const end = Math.min(count, index + numbersAtOnce);
    await cursor.need((end - index) * type.bytes, what);
    for (; index < end; index++) list[index] = Number(type.take(cursor));
  }
  return list;
}

async function readStrings(cursor: ByteCursor, what: string, count: number): Promise<string[]> {
  if (count > longestListOfStrings || count * 8 > cursor.remaining)
    cursor.fail(
      `${what} claims ${count} texts; ${longestListOfStrings} are the most that are read, and ${cursor.remaining} bytes follow`,
      cursor.position - 8,
    );
  const list: string[] = [];
  for (let index = 0; index < count; index++)
    list.push(cursor.readyString() ?? (await cursor.string(`text ${index} of ${what}`)));
  return list;
}
