/**
 * Reads stretches of `events.jsonl` as events. The last line counts only once it is whole: a process that was
 * killed leaves half a line, and one that is at work is in the middle of its next. What does not parse or is
 * no event is left out, as everywhere a log is read.
 */
import type { FileHandle } from 'node:fs/promises';
import { isLoggedEvent, type LoggedEvent } from '@llm/studio/wire';

export interface EventBatch {
  readonly events: readonly LoggedEvent[];
  /** Byte after the last whole line that was read. */
  readonly end: number;
}

const pieceBytes = 2 ** 20;
/** A longer line is no event of ours; it is left out instead of being held in memory. */
const longestLine = 2 ** 24;

/** From a byte that begins a line to `to`, a piece at a time. */
export async function* readEvents(file: FileHandle, from: number, to: number): AsyncGenerator<EventBatch> {
  let rest = Buffer.alloc(0);
  let isTooLong = false;
  for (let position = from; position < to; ) {
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, to - position));
    const { bytesRead } = await file.read(piece, 0, piece.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const read = piece.subarray(0, bytesRead);
    const data = rest.length === 0 ? read : Buffer.concat([rest, read]);
    const lineEnd = data.lastIndexOf(0x0a);
    rest = Buffer.from(data.subarray(lineEnd + 1));
    if (lineEnd >= 0) {
      const lines = data.toString('utf8', 0, lineEnd).split('\n');
      if (isTooLong) lines.shift();
      isTooLong = false;
      yield { events: eventsOf(lines), end: position - rest.length };
    }
    if (rest.length > longestLine) [rest, isTooLong] = [Buffer.alloc(0), true];
  }
}

function eventsOf(lines: readonly string[]): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  for (const line of lines) {
    if (line === '') continue;
    try {
      const event: unknown = JSON.parse(line);
      if (isLoggedEvent(event)) events.push(event);
    } catch {
      // cut by a kill: what it told of is repeated further down
    }
  }
  return events;
}
