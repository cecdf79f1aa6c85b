/**
 * Varied real text for the tokenizer bench: books, hundreds of languages, pages as HTML, code; nothing twice.
 */
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';

const documentLength = 100_000;
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** Documents of about 100,000 characters, `megabytes` of them at most, a quarter from each kind. */
export function tokenizerCorpus(megabytes: number): { documents: string[]; source: string } {
  const share = (megabytes * 1e6) / 4;
  const parts = [take(books(), share), take(languages(), share), take(pages(), share)].filter(
    (part) => part.length > 0,
  );
  const missing = megabytes * 1e6 - parts.flat().reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const code = take(sourceFiles(modules), missing);
  const source = parts.length > 0 ? 'books, languages, pages, code' : 'code alone (no shared data)';
  return { documents: [...parts.flat(), ...code], source };
}

function take(texts: Iterable<string>, bytes: number): string[] {
  const documents: string[] = [];
  let left = bytes;
  for (const text of texts) {
    for (let start = 0; start < text.length && left > 0; start += documentLength) {
      // Lone surrogates at a cut would be another text for every library.
      const document = text
        .slice(start, start + documentLength)
        .replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
      left -= Buffer.byteLength(document);
      documents.push(document);
    }
    if (left <= 0) break;
  }
  return documents;
}

function* books(): Generator<string> {
  const path = sharedDataPath('text-books/books');
  if (path === undefined) return;
  for (const file of readdirSync(path)) yield gunzipSync(readFileSync(`${path}/${file}`)).toString();
}

function* languages(): Generator<string> {
  for (const file of ['lang-udhr/udhr.jsonl.gz', 'lang-lingua/sentences.jsonl.gz']) {
    const path = sharedDataPath(file);
    if (path === undefined) continue;
    const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n');
    yield lines.map((line) => (JSON.parse(line) as { text: string }).text).join('\n');
  }
}

function* pages(): Generator<string> {
  for (const folder of [
    'html-trafilatura',
    'html-readability',
    'html-goose',
    'html-metascraper',
    'html-postlight',
    'html-defuddle',
  ]) {
    const path = sharedDataPath(`${folder}/pages.warc.gz`);
    if (path !== undefined) yield gunzipSync(readFileSync(path)).subarray(0, 60e6).toString();
  }
}

function* sourceFiles(folder: string): Generator<string> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'gpt-tokenizer' && entry.name !== 'tiktoken')
      yield* sourceFiles(path);
    else if (/\.(ts|js|mjs|md|css)$/.test(entry.name) && !/\.min\./.test(entry.name))
      yield readFileSync(path, 'utf8');
  }
}
