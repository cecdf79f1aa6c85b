/**
 * A first look at a log too long to be read at once: its beginning, its end, and stretches at equal distances
 * between them. Curves have their shape, rare events between the stretches are missing; the whole view
 * replaces it when the log has been read.
 */
import type { FileHandle } from 'node:fs/promises';
import { RunView } from '@llm/studio/wire';
import { readEvents } from './read-events.js';

const places = 160;
const stretchBytes = 2 ** 16;

export async function sampleView(file: FileHandle, size: number): Promise<{ view: RunView; read: number }> {
  const view = new RunView();
  let bytes = 0;
  let beyond = 0;
  for (let place = 0; place <= places; place++) {
    const start = Math.max(beyond, Math.floor(((size - stretchBytes) * place) / places));
    const from = start === 0 ? 0 : await lineAfter(file, start - 1);
    for await (const { events, end } of readEvents(file, from, Math.min(size, from + stretchBytes))) {
      for (const event of events) view.apply(event);
      bytes += end - from;
      beyond = end;
    }
  }
  return { view, read: bytes / size };
}

/** The byte that begins the first line after this one; `position` itself where no line ends nearby. */
async function lineAfter(file: FileHandle, position: number): Promise<number> {
  const piece = Buffer.alloc(stretchBytes);
  const { bytesRead } = await file.read(piece, 0, piece.length, position);
  const lineEnd = piece.subarray(0, bytesRead).indexOf(0x0a);
  return position + lineEnd + 1;
}
