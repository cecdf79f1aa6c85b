/**
 * The development pages of the Web Content Extraction Benchmark that shared data does not hold, from a clone
 * of its repository (github.com/Murrough-Foley/web-content-extraction-benchmark, CC-BY-4.0): `dev` alone. Its
 * folder `test` is for those who judge the result, and is not opened here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { foldOf, type RealPage } from './real-pages.js';

interface Truth {
  readonly url?: string | null;
  readonly file_id: string;
  readonly _internal?: { readonly page_type?: { readonly primary?: string } };
  readonly ground_truth: { readonly main_content?: string | null };
}

/** `known`: files that are in shared data. */
export function benchmarkPages(clone: string, known: ReadonlySet<string>): RealPage[] {
  const pages: RealPage[] = [];
  for (const name of readdirSync(`${clone}/dev/ground-truth`).sort()) {
    const truth = JSON.parse(readFileSync(`${clone}/dev/ground-truth/${name}`, 'utf8')) as Truth;
    const file = name.replace('.json', '');
    if (known.has(file)) continue;
    const kind = truth._internal?.page_type?.primary ?? 'article';
    const text = truth.ground_truth.main_content ?? '';
    pages.push({
      set: 'wcxb-dev',
      file,
      url: truth.url ?? '',
      fold: foldOf(truth.url ?? file),
      type: kind === 'category' ? 'collection' : kind,
      html: gunzipSync(readFileSync(`${clone}/dev/html/${file}.html.gz`)).toString('utf8'),
      text: text === '' ? undefined : text,
      isPrefix: false,
      with: [],
      without: [],
    });
  }
  return pages;
}
