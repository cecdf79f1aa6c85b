/**
 * Reading web archives against warcio.js, warcio and FastWARC: all records of one file, plain and gzip, and
 * the same with every HTTP body cut out of its record. Rates are records per processor second; each reader
 * runs in a process of its own and reads each file five times, of which the median counts (the first passes
 * warm up what compiles as it runs). BENCH_ARCHIVE_MEGABYTES (default 530) sets the size; the pages are those
 * of the shared data set html-wcxb where it is, else made of words.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { readArchive } from '@llm/data/node';
import { peerVersion, runNodePeer } from '../peers/node.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

/** Records per processor second, by `plain records`, `plain bodies`, `gzip records`, `gzip bodies`. */
export type ArchiveRates = Readonly<Record<string, number>>;

export async function archivesSuite(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-archives-'));
  try {
    const [plain, gzip] = [join(folder, 'pages.warc'), join(folder, 'pages.warc.gz')];
    const records = await writeArchives(plain, gzip);
    const script = fileURLToPath(new URL('../peers/read-archives.ts', import.meta.url));
    const flags = ['--conditions=@llm/source', '--import', 'tsx'];
    const ours = JSON.parse(
      execFileSync(process.execPath, [...flags, script, plain, gzip], { encoding: 'utf8' }),
    ) as ArchiveRates;
    const javascript = peerVersion('warcio');
    const python = runPythonPeer<{ versions: Record<string, string>; rates: Record<string, ArchiveRates> }>(
      'read_archives.py',
      { plain, gzip },
    );
    const peers: [string, ArchiveRates | undefined][] = [
      [
        `warcio.js ${javascript ?? ''}`.trim(),
        javascript === undefined
          ? undefined
          : runNodePeer<ArchiveRates>('read-archives-warcio.mjs', plain, gzip),
      ],
      [`warcio ${python?.versions.warcio ?? ''}`.trim(), python?.rates.warcio],
      [`FastWARC ${python?.versions.fastwarc ?? ''}`.trim(), python?.rates.fastwarc],
    ];
    return peers.flatMap(([peerName, rates]) =>
      Object.entries(ours).map(([name, rate]) =>
        benchRow({
          suite: 'archives',
          case: `${name}, ${records} records`,
          metric: 'read',
          unit: 'records per processor second',
          ours: rate,
          peerName,
          peer: rates?.[name] ?? null,
          higherIsBetter: true,
          note: rates === undefined ? installPeers : undefined,
        }),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeArchives(plain: string, gzip: string): Promise<number> {
  const pages = await somePages();
  const most = Number(process.env.BENCH_ARCHIVE_MEGABYTES ?? 530) * 1e6;
  const [plainFile, gzipFile] = [openSync(plain, 'w'), openSync(gzip, 'w')];
  let records = 0;
  for (let bytes = 0; bytes < most; records++) {
    const page = pages[records % pages.length]!;
    const http = Buffer.concat([
      Buffer.from(
        `HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${page.length}\r\n\r\n`,
      ),
      page,
    ]);
    const id = `<urn:uuid:00000000-0000-4000-8000-${String(records).padStart(12, '0')}>`;
    const header = `WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-05-01T00:00:00Z\r\nWARC-Record-ID: ${id}\r\nContent-Length: ${http.length}\r\nContent-Type: application/http; msgtype=response\r\nWARC-Target-URI: https://example.org/page/${records}\r\nWARC-Identified-Payload-Type: text/html\r\n\r\n`;
    const record = Buffer.concat([Buffer.from(header), http, Buffer.from('\r\n\r\n')]);
    writeSync(plainFile, record);
    writeSync(gzipFile, gzipSync(record));
    bytes += record.length;
  }
  closeSync(plainFile);
  closeSync(gzipFile);
  return records;
}

async function somePages(): Promise<Buffer[]> {
  const path = sharedDataPath('html-wcxb');
  const pages: Buffer[] = [];
  if (path !== undefined)
    for await (const item of readArchive(join(path, 'pages.warc.gz')))
      if (item.kind === 'record' && item.record.block.length > 2000)
        pages.push(Buffer.from(item.record.block));
  if (pages.length > 0) return pages;
  const words = 'river mill town boat market farmer grain harbour stone bell captain lamp'.split(' ');
  return Array.from({ length: 50 }, (_, page) =>
    Buffer.from(
      Array.from({ length: 16_000 }, (__, at) => words[(at * at + page * 7) % words.length]).join(' '),
    ),
  );
}
