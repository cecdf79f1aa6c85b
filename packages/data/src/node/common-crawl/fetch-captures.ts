/**
 * Captures → one WARC file of their own, by ranged reads: a record is a gzip member, and members after one
 * another are a WARC file. Neighbours in an archive come in one request. What cannot be had is counted.
 */

import { emit, LlmError, type RunOptions, throwIfAborted } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import type { ByteSource } from '../storage/byte-source.js';
import { openOutput, openSource } from '../storage/open-storage.js';
import type { Capture } from './capture.js';
import { type CrawlPlace, dataUrl, placeKinds } from './crawl-files.js';

export interface FetchCapturesOptions extends RunOptions, CrawlPlace {
  readonly captures: Iterable<Capture> | AsyncIterable<Capture>;
  /** The WARC file: a path, `file:` or `s3:`. */
  readonly output: string;
}

export interface FetchedCaptures {
  readonly records: number;
  readonly bytes: number;
  /** Reason → captures: `missing`, `no-member`. */
  readonly skipped: Readonly<Record<string, number>>;
}

const stage = 'crawl';
const longestRequest = 16 * 1024 * 1024;

/** Captures are fetched once each, in the order of the archives. Throws `data/storage-…`. */
export async function fetchCaptures(options: FetchCapturesOptions): Promise<FetchedCaptures> {
  checkOptions('fetchCaptures', options, {
    ...placeKinds,
    ...({ captures: 'any!', output: 'text!', signal: 'object', onEvent: 'function' } as const),
  });
  const { output, signal, onEvent } = options;
  const wanted = new Map<string, Capture>();
  for await (const capture of options.captures) wanted.set(`${capture.filename} ${capture.offset}`, capture);
  const captures = [...wanted.values()].sort((a, b) =>
    a.filename === b.filename ? a.offset - b.offset : a.filename < b.filename ? -1 : 1,
  );
  emit(onEvent, { type: 'stage-start', stage, total: captures.length });
  const skipped: Record<string, number> = {};
  const skip = (reason: string, count: number): void => {
    skipped[reason] = (skipped[reason] ?? 0) + count;
  };
  let [records, bytes, done] = [0, 0, 0];
  const file = await openOutput(output, options.storage);
  try {
    let source: { readonly filename: string; readonly archive: ByteSource | undefined } | undefined;
    for (const run of runsOf(captures)) {
      throwIfAborted(signal);
      const { filename, offset } = run[0]!;
      if (source?.filename !== filename) source = { filename, archive: await openArchive(options, filename) };
      const last = run.at(-1)!;
      const all = await source.archive?.read(offset, last.offset + last.length - offset);
      if (all === undefined) skip('missing', run.length);
      else
        for (const capture of run) {
          const member = all.subarray(capture.offset - offset, capture.offset - offset + capture.length);
          const isMember = member.length === capture.length && member[0] === 0x1f && member[1] === 0x8b;
          if (!isMember) {
            skip('no-member', 1);
            continue;
          }
          await file.write(member);
          records++;
          bytes += member.length;
        }
      done += run.length;
      emit(onEvent, { type: 'progress', stage, done, total: captures.length, unit: 'records' });
    }
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
  emit(onEvent, { type: 'stage-end', stage, summary: { records, bytes, skipped } });
  return { records, bytes, skipped };
}

/** Captures that lie one after another. */
function* runsOf(captures: readonly Capture[]): Generator<Capture[]> {
  let run: Capture[] = [];
  for (const capture of captures) {
    const last = run.at(-1);
    const isNext = last?.filename === capture.filename && last.offset + last.length === capture.offset;
    const fits = isNext && capture.offset + capture.length - run[0]!.offset <= longestRequest;
    if (!fits && run.length > 0) {
      yield run;
      run = [];
    }
    run.push(capture);
  }
  if (run.length > 0) yield run;
}

async function openArchive(place: CrawlPlace, filename: string): Promise<ByteSource | undefined> {
  try {
    return await openSource(`${dataUrl(place)}/${filename}`, place.storage);
  } catch (error) {
    const isGone = LlmError.isInstance(error) && /^data\/(storage|input)-missing$/.test(error.code);
    if (isGone) return undefined;
    throw error;
  }
}
