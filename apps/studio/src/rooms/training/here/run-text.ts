/** The text that a run kept, as far as one trains on it in a page. */
import { askFor } from '../../../store/ask.js';

/** Characters: a small model does not see more in minutes. */
const most = 1_000_000;

/** Throws `Problem`. */
export async function readRunText(id: string): Promise<string> {
  const response = await askFor(`runs/${id}/files/data/shard-00000.jsonl.gz`);
  const text = response
    .body!.pipeThrough(new DecompressionStream('gzip'))
    .pipeThrough(new TextDecoderStream());
  return textOfLines(text);
}

/** Texts of JSON lines, with empty lines between them, up to `limit` characters; others are passed over. */
export async function textOfLines(parts: ReadableStream<string>, limit = most): Promise<string> {
  const documents: string[] = [];
  let length = 0;
  let rest = '';
  const reader = parts.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = done ? '' : lines.pop()!;
    for (const line of lines) {
      const text = textIn(line);
      if (text === undefined) continue;
      documents.push(text.slice(0, limit - length));
      length += text.length + 2;
      if (length >= limit) {
        await reader.cancel();
        return documents.join('\n\n');
      }
    }
    if (done) return documents.join('\n\n');
  }
}

function textIn(line: string): string | undefined {
  try {
    const { text } = JSON.parse(line) as { readonly text?: unknown };
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
