/** Files of rows that a run leaves: JSON lines in gzip, our own, written whole. */
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** The rows of `NAME.jsonl.gz` and of those that it goes on in, `NAME-00001.jsonl.gz` …, in their order. */
export async function* rowsOf<Row>(directory: string, name: 'dropped' | 'measures'): AsyncGenerator<Row> {
  const files = readdirSync(directory).filter(
    (file) => file === `${name}.jsonl.gz` || new RegExp(`^${name}-\\d{5}\\.jsonl\\.gz$`).test(file),
  );
  // The first has no number.
  for (const file of files.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)))
    yield* rowsIn<Row>(join(directory, file));
}

export async function* rowsIn<Row>(path: string): AsyncGenerator<Row> {
  const input = createReadStream(path).pipe(createGunzip());
  for await (const line of createInterface({ input })) if (line !== '') yield JSON.parse(line) as Row;
}
