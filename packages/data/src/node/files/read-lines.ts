import { openInput } from './input-file.js';

/** Lines of a UTF-8 file without their `\n`, numbered from 1. What cannot be inflated is left out. */
export async function* readLines(
  path: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<{ line: string; number: number }> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let number = 0;
  for await (const part of openInput(path, onBytes)) {
    if (part.kind !== 'bytes') continue;
    const lines = (rest + decoder.decode(part.bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield { line, number: ++number };
  }
  rest += decoder.decode();
  if (rest !== '') yield { line: rest, number: ++number };
}
