/**
 * Documents → rows of `columns + 1` tokens, every position used. Each document begins with the BOS token; a row is
 * filled with the longest documents that still fit (best fit, after nanochat). When none fits, the next one is cut,
 * and unlike nanochat the rest is not thrown away: it opens the next row. Documents are shuffled per epoch.
 * Rows overlap by one token inside a cut document, so that every token is a target exactly once.
 */
import { createRandom } from '@llm/core';

export interface PackOptions {
  /** Predicted positions per row. */
  readonly columns: number;
  readonly bosToken: number;
  readonly seed: number | string;
  /** Another epoch is another order. Default 0. */
  readonly epoch?: number;
}

export interface PackedRows {
  readonly rows: number;
  /** [rows × (columns + 1)]: inputs are the first `columns`, targets the last */
  readonly tokens: Int32Array;
  /** [rows × (columns + 1)]: number of the document piece within its row */
  readonly segments: Int32Array;
  /** [rows]: tokens that are not padding; below columns + 1 only in the last packed row */
  readonly lengths: Int32Array;
}

/** What is left of a document; `lead` is 1 when its BOS still comes first. */
interface Piece {
  readonly ids: Int32Array;
  readonly lead: 0 | 1;
}

/** How many waiting documents are looked through for the best fit. */
const lookahead = 256;

/** `documents` are ids without BOS; empty ones are passed over. A pure function of its arguments. */
export function packDocuments(documents: readonly Int32Array[], options: PackOptions): PackedRows {
  const { columns, bosToken, seed, epoch = 0 } = options;
  const rowLength = columns + 1;
  const order = createRandom(seed, 'pack', epoch).shuffle(
    Array.from(documents.keys()).filter((index) => documents[index]!.length > 0),
  );
  const total = order.reduce((sum, index) => sum + documents[index]!.length + 1, 0);
  // Every row but the last advances by at least `columns` tokens.
  const capacity = Math.ceil(total / columns) + 1;
  const tokens = new Int32Array(capacity * rowLength).fill(bosToken);
  const segments = new Int32Array(capacity * rowLength);
  const lengths = new Int32Array(capacity);

  const waiting: number[] = [];
  let next = 0;
  let rest: Piece | undefined;
  let rows = 0;
  while (rest !== undefined || waiting.length > 0 || next < order.length) {
    let used = 0;
    let segment = 0;
    const row = rows++;
    /** Copies what fits and returns the rest, starting with the last token copied. */
    const place = ({ ids, lead }: Piece): Piece | undefined => {
      const at = row * rowLength + used;
      if (lead === 1) tokens[at] = bosToken;
      const room = rowLength - used - lead;
      const count = Math.min(room, ids.length);
      tokens.set(ids.subarray(0, count), at + lead);
      segments.fill(segment++, at, at + lead + count);
      used += lead + count;
      if (count === ids.length) return undefined;
      return count === 0 ? { ids, lead } : { ids: ids.subarray(count - 1), lead: 0 };
    };
    if (rest !== undefined) rest = place(rest);
    while (rest === undefined && used < rowLength) {
      while (waiting.length < lookahead && next < order.length) waiting.push(order[next++]!);
      if (waiting.length === 0) break;
      // A BOS alone at the end of a row is a useful target, so one free position can still be filled.
      let best = -1;
      for (let i = 0; i < waiting.length; i++) {
        const length = documents[waiting[i]!]!.length;
        if (length + 1 <= rowLength - used && (best < 0 || length > documents[waiting[best]!]!.length))
          best = i;
      }
      rest = place({ ids: documents[waiting.splice(Math.max(best, 0), 1)[0]!]!, lead: 1 });
    }
    lengths[row] = used;
  }
  return shuffleRows({ rows, tokens, segments, lengths }, rowLength, createRandom(seed, 'rows', epoch));
}

/** Consecutive rows hold the parts of one cut document; a batch should not. */
function shuffleRows(
  packed: PackedRows,
  rowLength: number,
  random: ReturnType<typeof createRandom>,
): PackedRows {
  const order = random.shuffle(Array.from({ length: packed.rows }, (_, row) => row));
  const tokens = new Int32Array(packed.rows * rowLength);
  const segments = new Int32Array(packed.rows * rowLength);
  for (const [to, from] of order.entries()) {
    tokens.set(packed.tokens.subarray(from * rowLength, (from + 1) * rowLength), to * rowLength);
    segments.set(packed.segments.subarray(from * rowLength, (from + 1) * rowLength), to * rowLength);
  }
  return {
    rows: packed.rows,
    tokens,
    segments,
    lengths: Int32Array.from(order, (from) => packed.lengths[from]!),
  };
}
