import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, it } from 'vitest';
import type { ArchiveItem } from '../../archive/archive-record.js';
import { isCompressed } from '../files/inflate-source.js';
import { readArchive } from './read-archive.js';

// Slow: real archives are read in full

/** Records a file, as warcio (Python) counts them, for files that it reads to the end without a complaint. */
const counted: Readonly<Record<string, string>> = {
  'N0taN3rd+node-warc': 'books.toscrape.warc=60 parseMe.warc=30 parseMe.warc.gz=30',
  'archivesunleashed+aut':
    'example.arc.gz=300 example.docs.warc.gz=21 example.pdf.warc.gz=76 example.txt.warc.gz=6 example.warc.gz=822 issue-493.warc=32 issue-514.warc=8',
  'chatnoir-eu+chatnoir-resiliparse':
    'block-sized-records.warc=3 block-sized-records.warc.gz=3 warcfile.warc=50 warcfile.warc.gz=50',
  'chfoo+warcat':
    'at.warc=8 at.warc.gz=8 bad_http_chunked_content.warc=1 c1_warcinfo.warc=1 long_url.warc=1 not_utf8_http_header.warc=1',
  'commoncrawl+whirlwind-python':
    'whirlwind.warc=4 whirlwind.warc.gz=4 whirlwind.warc.wat=2 whirlwind.warc.wat.gz=2 whirlwind.warc.wet=2 whirlwind.warc.wet.gz=2',
  'iipc+jwarc': 'cc.warc.gz=1 gzip_extra_sl.warc.gz=1',
  'iipc+webarchive-commons': 'IAH-urls-wget.warc=36 IAH-urls-wget.warc.gz=36 mutliple-headers.warc=1',
  'internetarchive+warc': 'alexa_short_header.arc.gz=2 crlf_at_1k_boundary.warc.gz=1',
  'oduwsdl+ipwb':
    '1memento.warc=4 1memento_noContentType.warc=2 2mementos.warc=5 2mementos_htmlXhtml.warc=3 2mementos_queryString.warc=3 3mementos.warc=6 4mementos.warc=7 5mementos.warc=8 5mementosAndFroggie.warc=9 HTTP404.warc=2 baconIpsum.warc.gz=6 baconIpsum_chunked.warc=6 baconIpsum_chunkedWithMetadata.warc=6 baconIpsum_chunked_httpTrailors.warc=6 frogTest.warc=6 froggie.warc.gz=10 mkelly1.warc=7 mkelly2.warc=7 redirect.warc=2 redirectRelative.warc=2 salam-home.warc=6 sample-1.warc.gz=231 slash.warc=2 variableSizedDates.warc=5',
  'openzim+warc2zim':
    'bad-redirections.warc.gz=91 content-resource-types.warc.gz=28 example-response.warc=3 example-revisit.warc.gz=16 example-utf8.warc=8 example-with-timestamp.warc=2 http-return-codes.warc.gz=98 kiwix-with-redirects.warc.gz=105 main-entry-403.warc.gz=27 qsl.net-encoding-alias.warc.gz=7 self-redirect.warc=4 single-page-test.warc=108 solidaritenum.warc.gz=190',
  'ukwa+webarchive-discovery':
    'BL-20140325121225068-00000-32090~opera~8443.warc.gz=190 BL-20140325122341434-00000-32090~opera~8443.warc.gz=190 IAH-20080430204825-00000-blackbook-truncated.arc.gz=9 IAH-20080430204825-00000-blackbook-truncated.warc=23 IAH-20080430204825-00000-blackbook-truncated.warc.gz=23 IAH-urls-wget.warc.gz=36 flashfrozen-jwat-recompressed.warc.gz=82 ip-host-testcase.warc.gz=6 transfer_compression_brotli.warc=5 transfer_compression_brotli.warc.gz=5 transfer_compression_gzip.warc=5 transfer_compression_gzip.warc.gz=5 transfer_compression_none.warc=5 transfer_compression_none.warc.gz=5 truncated_datetime.warc=5',
  'webrecorder+py-wacz':
    'example-collection-with-lists.warc=38 example-collection.warc=4 example-iana.warc=118 example-resource.warc.gz=3 example-warcinfo-metadata.warc=4',
  'webrecorder+pywb':
    'dupes.warc.gz=25 example-extra.warc=6 example-url-agnostic-orig.warc.gz=2 example-url-agnostic-revisit.warc.gz=2 example-wget-1-14.warc.gz=6 example-wpull.warc.gz=4 example.arc=2 example.arc.gz=2 example.warc.gz=6 example2.warc.gz=3 httpbin-resource.warc.gz=1 iana.warc.gz=343 missing-status-text.warc=1 post-test.warc.gz=6',
  'webrecorder+warcio.js':
    'example-iana.org-chunked.warc=3 example-resource.warc.gz=1 example-url-agnostic-revisit.warc.gz=2 example-wget-bad-target-uri.warc.gz=6 example.warc=7 example.warc.gz=6 post-test-more.warc=6 post-test.warc.gz=6 redirect.warc=2',
};

const directory = sharedDataPath('warc-real');
const isBlank = (byte: number): boolean => byte === 10 || byte === 13;

async function readAll(path: string): Promise<ArchiveItem[]> {
  const items: ArchiveItem[] = [];
  for await (const item of readArchive(path)) items.push(item);
  return items;
}

/** Bytes that the items cover, and whether only line ends lie between them. */
function coverage(items: readonly ArchiveItem[], file: Buffer): { covered: number; gapless: boolean } {
  let [covered, position, gapless] = [0, 0, true];
  for (const item of items) {
    if (item.kind === 'damage') {
      covered += item.damage.bytes;
      gapless = false;
      continue;
    }
    const { offset, block, format, contentLength, damage } = item.record;
    const ends = format === 'arc' ? ['\n'] : ['\r\n\r\n', '\n\n', '\r\r\n\r\r\n'];
    const found = ends
      .map((end) => [file.indexOf(end, offset), end.length] as const)
      .filter(([at]) => at >= 0);
    const [at, length] = found.sort(([a], [b]) => a - b)[0] ?? [file.length, 0];
    const end = at + length + block.length;
    if (damage === undefined) expect(block.length).toBe(contentLength);
    expect(Buffer.compare(block, file.subarray(at + length, end))).toBe(0);
    gapless &&= file.subarray(position, offset).every(isBlank);
    covered += end - offset;
    position = end;
  }
  return { covered, gapless: gapless && file.subarray(position).every(isBlank) };
}

describe.skipIf(directory === undefined)('readArchive on real archives', () => {
  it('finds the records that warcio finds', { timeout: 120_000 }, async () => {
    let files = 0;
    for (const [folder, list] of Object.entries(counted)) {
      for (const entry of list.split(' ')) {
        const split = entry.lastIndexOf('=');
        const name = entry.slice(0, split);
        const items = await readAll(join(directory ?? '', folder, name));
        const records = items.filter((item) => item.kind === 'record').length;
        expect([folder, name, records]).toEqual([folder, name, Number(entry.slice(split + 1))]);
        files++;
      }
    }
    expect(files).toBeGreaterThan(90);
  });

  it('finds them where warcio finds them, with the same bytes', { timeout: 120_000 }, async () => {
    // Of tooling/oracles/data/archive_records.py: records, digest of them, what FastWARC says.
    const oracle = JSON.parse(readFileSync(new URL('fixtures/real-archives.json', import.meta.url), 'utf8'));
    const sha1 = (bytes: Uint8Array | string): string => createHash('sha1').update(bytes).digest('hex');
    for (const [name, [count, digest]] of Object.entries<[number, string, string]>(oracle)) {
      const records = (await readAll(join(directory ?? '', name))).flatMap((item) =>
        item.kind === 'record' ? [item.record] : [],
      );
      const lines = records.map(
        ({ offset, type, block }) => `${offset} ${type} ${block.length} ${sha1(block)}\n`,
      );
      expect([name, records.length, sha1(lines.join('')).slice(0, 12)]).toEqual([name, count, digest]);
    }
    expect(Object.keys(oracle).length).toBe(111);
  });

  it('reads every file to the end; in plain ones every byte belongs to an item', {
    timeout: 120_000,
  }, async () => {
    const all = readdirSync(directory ?? '', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(all.length).toBeGreaterThan(140);
    let plain = 0;
    for (const path of all) {
      const file = readFileSync(path);
      const items = await readAll(path);
      expect(items.length).toBeGreaterThan(0);
      if (isCompressed(file)) continue;
      plain++;
      const name = relative(directory ?? '', path);
      const { covered, gapless } = coverage(items, file);
      const blanks = file.reduce((count, byte) => count + (isBlank(byte) ? 1 : 0), 0);
      expect([name, covered <= file.length, file.length - covered <= blanks]).toEqual([name, true, true]);
      if (items.every((item) => item.kind === 'record')) expect([name, gapless]).toEqual([name, true]);
    }
    expect(plain).toBeGreaterThan(50);
  });
});
