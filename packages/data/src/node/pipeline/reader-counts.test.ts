import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import { httpResponse, warcGzip } from '../../archive/fixtures/warc-records.js';
import type { DataInput } from '../inputs/data-input.js';
import type { DataReport } from './data-report.js';
import { runDataPipeline } from './run-data-pipeline.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-counts-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('runDataPipeline: what the reader leaves out', () => {
  it('counts requests, revisits, damage and large pages', { timeout: 30_000 }, async () => {
    const path = join(directory, 'counts.warc.gz');
    const cut = warcGzip([{ block: httpResponse('<p>cut</p>'.repeat(100)) }]);
    writeFileSync(
      path,
      Buffer.concat([
        warcGzip([
          { type: 'warcinfo', block: 'software: none\r\n' },
          { type: 'request', block: 'GET / HTTP/1.1\r\n\r\n' },
          { type: 'revisit', block: httpResponse('') },
          { type: 'revisit', block: httpResponse('', 'Content-Type: text/html') },
          { type: 'metadata', block: 'via: x' },
          { block: httpResponse(Buffer.alloc(300_000, '<p>')) },
          { block: httpResponse('') },
        ]),
        cut.subarray(0, cut.length - 9),
      ]),
    );
    const store = new MemoryStore();
    const inputs: DataInput[] = [{ kind: 'warc', path }];
    // Nothing is left to keep: that is an error, but the report is written.
    await expect(
      runDataPipeline({ inputs, store, prefix: 'data', maxPageBytes: 200_000 }),
    ).rejects.toMatchObject({
      code: 'data/corpus-empty',
    });
    const report = JSON.parse(Buffer.from(await store.read('data/report.json')).toString()) as DataReport;
    expect(report.records).toMatchObject({ warcinfo: 1, request: 1, revisit: 2, metadata: 1, response: 3 });
    expect(report.dropped).toEqual({ 'empty-body': 1, 'not-response': 2, 'too-large': 1, truncated: 1 });
    expect(report).toMatchObject({ pages: 5, kept: 0 });
    expect(report.funnel.find((row) => row.step === 'reader')).toMatchObject({ entered: 5, left: 0 });
  });
});
