/**
 * The pages of shared data whose main text is known, with the fold of cross-validation that their host is in.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { readPage } from '@llm/data';
import { decompressContent, detectCharset, readArchive } from '@llm/data/node';

export interface RealPage {
  readonly set: string;
  readonly file: string;
  readonly url: string;
  readonly fold: number;
  /** Of the set's own: article, forum, …; `article` where it names none. */
  readonly type: string;
  readonly html: string;
  /** The whole main text, or undefined where only segments of it are known. */
  readonly text: string | undefined;
  /** `text` is only the beginning of the main text. */
  readonly isPrefix: boolean;
  readonly with: readonly string[];
  readonly without: readonly string[];
}

export const folds = 5;

interface Row {
  readonly file: string;
  readonly url: string;
  readonly offset: number;
  readonly page_type?: string | undefined;
  readonly truth?:
    | {
        readonly main_content?: string | undefined;
        readonly with?: readonly string[] | undefined;
        readonly without?: readonly string[] | undefined;
        readonly expected_html?: string | undefined;
        readonly expected_markdown?: string | undefined;
        readonly cleaned_text?: string | undefined;
      }
    | undefined;
}

export async function loadPages(set: string): Promise<RealPage[]> {
  const directory = sharedDataPath(set);
  if (directory === undefined) return [];
  const lines = gunzipSync(readFileSync(`${directory}/index.jsonl.gz`))
    .toString('utf8')
    .trim()
    .split('\n');
  const byOffset = new Map<number, Row>();
  for (const line of lines) {
    const row = JSON.parse(line) as Row;
    byOffset.set(row.offset, row);
  }
  const pages: RealPage[] = [];
  for await (const item of readArchive(`${directory}/pages.warc.gz`)) {
    if (item.kind !== 'record') continue;
    const row = byOffset.get(item.record.offset);
    if (row?.truth === undefined) continue;
    const outcome = readPage(item.record, { decompress: decompressContent, detectCharset });
    if (outcome.kind !== 'keep') continue;
    const { truth } = row;
    const text =
      truth.main_content ??
      (truth.expected_html === undefined ? undefined : textOfHtml(truth.expected_html)) ??
      (truth.expected_markdown === undefined ? undefined : textOfMarkdown(truth.expected_markdown)) ??
      truth.cleaned_text;
    const isPrefix = truth.cleaned_text !== undefined;
    pages.push({
      set,
      file: row.file,
      url: row.url,
      fold: foldOf(row.url === '' || row.url.includes('.invalid') ? row.file : row.url),
      type: row.page_type ?? 'article',
      html: outcome.page.content,
      text: text === '' ? undefined : text,
      isPrefix,
      with: truth.with ?? [],
      without: truth.without ?? [],
    });
  }
  return pages;
}

/** By the last two labels of the host, so that no site is in two folds. */
export function foldOf(url: string): number {
  const host = /^https?:\/\/([^/:]+)/.exec(url)?.[1] ?? url;
  let hash = 0x811c9dc5;
  for (const character of host.split('.').slice(-2).join('.'))
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return ((hash ^ (hash >>> 13)) >>> 0) % folds;
}

export function textOfHtml(html: string): string {
  return html
    .replace(/<(?:p|div|h\d|li|tr|br|td|th|pre|blockquote|section|figcaption|dt|dd)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&nbsp;/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&amp;/g, '&');
}

export function textOfMarkdown(markdown: string): string {
  return markdown
    .replace(/^```json\n[\s\S]*?\n```\n/, '')
    .replace(/!\[[^\]]*\]\([^)]*\)/g, ' ')
    .replace(/\]\([^)]*\)/g, ' ')
    .replace(/<[^>]*>/g, ' ');
}
