import { describe, expect, it } from 'vitest';
import type { ArchiveItem } from './archive-record.js';
import { warcRecord } from './fixtures/warc-records.js';
import { RecordFramer } from './record-framer.js';

const describeItems = (items: readonly ArchiveItem[]): string[] =>
  items.map((item) =>
    item.kind === 'record'
      ? `${item.record.recordId}@${item.record.offset}:${Buffer.from(item.record.block).toString()}`
      : `damage@${item.damage.offset}+${item.damage.bytes}`,
  );

describe('RecordFramer', () => {
  it('gives the same items however the bytes are cut', () => {
    const file = Buffer.concat([
      warcRecord({ block: 'one', id: 'a' }),
      Buffer.from('no header\r\n'),
      warcRecord({ block: '', id: 'b' }),
      warcRecord({ block: 'th\r\n\r\nree', id: 'c' }),
    ]);
    const first = warcRecord({ block: 'one', id: 'a' }).length;
    const second = first + 'no header\r\n'.length;
    const third = second + warcRecord({ block: '', id: 'b' }).length;
    const expected = [`a@0:one`, `damage@${first}+11`, `b@${second}:`, `c@${third}:th\r\n\r\nree`];
    for (let step = 1; step <= file.length; step += step < 20 ? 1 : 37) {
      const framer = new RecordFramer();
      const items: ArchiveItem[] = [];
      for (let at = 0; at < file.length; at += step) {
        framer.write(file.subarray(at, at + step));
        items.push(...framer.take());
      }
      framer.end();
      items.push(...framer.take());
      expect([step, describeItems(items)]).toEqual([step, expected]);
    }
  });

  it('hands out a record as soon as it is whole, and none twice', () => {
    const framer = new RecordFramer();
    framer.write(warcRecord({ block: 'one', id: 'a' }));
    expect(framer.take()).toHaveLength(1);
    expect(framer.take()).toEqual([]);
    framer.end();
    expect(framer.take()).toEqual([]);
  });

  it('skips a record of terabytes announced in its header', () => {
    const framer = new RecordFramer({ maxRecordBytes: 1000 });
    framer.write(Buffer.from('WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5000000000000\r\n\r\n'));
    const piece = new Uint8Array(1 << 20);
    for (let written = 0; written < 50; written++) framer.write(piece);
    expect(framer.take()).toEqual([]);
    framer.end();
    expect(framer.take()).toMatchObject([
      { kind: 'record', record: { tooLarge: true, damage: 'truncated', contentLength: 5e12 } },
    ]);
  });

  it('reads headers whose line ends a version control system has doubled', () => {
    const framer = new RecordFramer();
    framer.write(Buffer.from('WARC/1.0\r\r\nWARC-Type: response\r\r\nContent-Length: 3\r\r\n\r\r\nabc'));
    framer.end();
    const [item] = framer.take();
    expect(item?.kind === 'record' && Buffer.from(item.record.block).toString()).toBe('abc');
  });

  it('counts every byte of a header that ends nowhere', () => {
    const cut = Buffer.from('WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n');
    const framer = new RecordFramer();
    framer.write(cut);
    framer.end();
    expect(framer.take()).toMatchObject([{ kind: 'damage', damage: { offset: 0, bytes: cut.length } }]);
  });
});
