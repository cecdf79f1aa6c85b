/**
 * Writes a miniweb to disk as a crawler would: `miniweb-00000.warc.gz` …, beside it `truth.jsonl.gz` (one
 * line a page: url and truth), `blocked-domains.txt`, `blocked-urls.txt` and, last, `miniweb.json`, which
 * says that all is complete. Memory does not grow with the number of pages.
 */
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { emit, LlmError, type RunOptions } from '@llm/core';
import { writeFileAtomic } from '@llm/core/node';
import { miniwebPages, openMiniweb } from '../pages/miniweb-pages.js';
import type { MiniwebPage } from '../pages/page.js';
import { miniwebBlocklist } from '../web/blocklist.js';
import { FileSink, writing } from './file-sink.js';
import { pageRecords } from './page-records.js';
import { gzipMember, recordId, warcRecord } from './warc-record.js';

export interface WriteMiniwebOptions extends RunOptions {
  readonly directory: string;
  readonly seed: number | string;
  /** 200 pages hold every kind of page; a million is the most that was tried. */
  readonly pages: number;
  /** Default 5,000. */
  readonly pagesPerFile?: number | undefined;
}

export interface MiniwebFiles {
  readonly directory: string;
  /** Paths of the WARC files, in order. */
  readonly warcs: readonly string[];
  readonly truth: string;
  readonly blockedDomains: string;
  readonly blockedUrls: string;
  readonly pages: number;
  /** Bytes of the WARC files. */
  readonly bytes: number;
}

interface Manifest {
  readonly kind: 'miniweb';
  readonly version: 1;
  readonly seed: number | string;
  readonly pages: number;
  readonly pagesPerFile: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

const stage = 'miniweb';

/**
 * Does nothing but report when the directory already holds the
 * same web. Throws `miniweb/write-failed`, `miniweb/invalid-size`.
 */
export async function writeMiniweb(options: WriteMiniwebOptions): Promise<MiniwebFiles> {
  const { directory, seed, pages, pagesPerFile = 5000, signal, onEvent } = options;
  if (!Number.isInteger(pagesPerFile) || pagesPerFile < 1) {
    throw new LlmError({
      code: 'miniweb/invalid-size',
      message: `A WARC file cannot hold ${pagesPerFile} pages. Give a whole number of at least 1.`,
      details: { pagesPerFile },
    });
  }
  emit(onEvent, { type: 'stage-start', stage, total: pages });
  const manifestPath = join(directory, 'miniweb.json');
  let manifest = await completeManifest(directory, manifestPath, { seed, pages, pagesPerFile });
  if (manifest === undefined) {
    // An old manifest must not vouch for files that are being replaced.
    await writing(manifestPath, () => rm(manifestPath, { force: true }));
    manifest = {
      kind: 'miniweb',
      version: 1,
      seed,
      pages,
      pagesPerFile,
      files: await writeFiles({ ...options, pagesPerFile }),
    };
    const { domains, urls } = miniwebBlocklist(seed);
    await writeFileAtomic(join(directory, 'blocked-domains.txt'), `${domains.join('\n')}\n`);
    await writeFileAtomic(join(directory, 'blocked-urls.txt'), `${urls.join('\n')}\n`);
    signal?.throwIfAborted();
    await writeFileAtomic(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  }
  const warcs = manifest.files.filter((file) => file.name.endsWith('.warc.gz'));
  const written = {
    directory,
    warcs: warcs.map((file) => join(directory, file.name)),
    truth: join(directory, 'truth.jsonl.gz'),
    blockedDomains: join(directory, 'blocked-domains.txt'),
    blockedUrls: join(directory, 'blocked-urls.txt'),
    pages,
    bytes: warcs.reduce((sum, file) => sum + file.bytes, 0),
  };
  for (const path of [...written.warcs, written.truth])
    emit(onEvent, {
      type: 'artifact',
      stage,
      key: path,
      kind: path === written.truth ? 'miniweb-truth' : 'warc',
    });
  emit(onEvent, { type: 'stage-end', stage, summary: { pages, files: warcs.length, bytes: written.bytes } });
  return written;
}

async function writeFiles(
  options: WriteMiniwebOptions & { readonly pagesPerFile: number },
): Promise<Manifest['files']> {
  const { directory, seed, pages, pagesPerFile, signal, onEvent } = options;
  const pageAt = openMiniweb(seed);
  const files: { name: string; bytes: number }[] = [];
  const truth = await FileSink.open(join(directory, 'truth.jsonl.gz'));
  let warc: FileSink | undefined;
  let warcinfoId = '';
  let lines: string[] = [];
  const close = async (sink: FileSink, name: string): Promise<void> => {
    await sink.close();
    files.push({ name, bytes: sink.bytes });
  };
  const flushTruth = async (): Promise<void> => {
    if (lines.length > 0) await truth.append(gzipMember(Buffer.from(lines.join(''))));
    lines = [];
  };
  try {
    for (const page of miniwebPages({ seed, pages })) {
      signal?.throwIfAborted();
      if (page.index % pagesPerFile === 0) {
        if (warc !== undefined) await close(warc, fileName(files.length));
        warc = await FileSink.open(join(directory, fileName(files.length)));
        warcinfoId = recordId(seed, 'warcinfo', files.length);
        await warc.append(warcinfo(warcinfoId, fileName(files.length), page));
      }
      for (const record of pageRecords(seed, page, warcinfoId, pageAt)) await warc!.append(record);
      lines.push(
        `${JSON.stringify({ index: page.index, url: page.url, status: page.status, recordType: page.recordType, ...page.truth })}\n`,
      );
      if (lines.length === 500) await flushTruth();
      if ((page.index + 1) % 100 === 0 || page.index + 1 === pages) {
        emit(onEvent, { type: 'progress', stage, done: page.index + 1, total: pages, unit: 'pages' });
        // Lets signals and timers in: the work between two writes is synchronous.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    if (warc !== undefined) await close(warc, fileName(files.length));
    await flushTruth();
    await close(truth, 'truth.jsonl.gz');
  } catch (error) {
    await warc?.abandon();
    await truth.abandon();
    throw error;
  }
  return files;
}

function fileName(number: number): string {
  return `miniweb-${String(number).padStart(5, '0')}.warc.gz`;
}

function warcinfo(id: string, name: string, first: MiniwebPage): Uint8Array {
  const lines = [
    'software: @llm/miniweb',
    'format: WARC File Format 1.1',
    'conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/',
    'description: an invented web, generated; nothing in it is real',
    'robots: obey',
  ];
  return warcRecord({
    type: 'warcinfo',
    id,
    date: first.date,
    fields: [
      ['Content-Type', 'application/warc-fields'],
      ['WARC-Filename', name],
    ],
    block: Buffer.from(lines.map((line) => `${line}\r\n`).join('')),
  });
}

/** The manifest on disk, when it describes the same web and its files are there in full. */
async function completeManifest(
  directory: string,
  path: string,
  wanted: Pick<Manifest, 'seed' | 'pages' | 'pagesPerFile'>,
): Promise<Manifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    if (
      manifest.kind !== 'miniweb' ||
      manifest.version !== 1 ||
      manifest.seed !== wanted.seed ||
      manifest.pages !== wanted.pages ||
      manifest.pagesPerFile !== wanted.pagesPerFile
    )
      return undefined;
    for (const file of manifest.files)
      if ((await stat(join(directory, file.name))).size !== file.bytes) return undefined;
    return manifest;
  } catch {
    // Absent or unreadable: write it all.
    return undefined;
  }
}
