/** What `llm data explain` is pointed at → a page, or the reason why the reader drops it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { LlmError } from '@llm/core';
import { decodeText, Page } from '@llm/data';
import { detectCharset, fetchPage, readItem, readPageAt, readShards } from '@llm/data/node';
import type { DataRun, DroppedRow } from './data-run.js';

type Item = Awaited<ReturnType<typeof readPageAt>>;

export interface FoundPage {
  readonly item: Item;
  /** How it was come by, for people. */
  readonly origin: string;
  /** The archive that it was read from. */
  readonly archive?: string | undefined;
  /** From its host, now. */
  readonly fetched?: boolean | undefined;
  /** What the run said of it, where it was looked up there. */
  readonly recorded?: DroppedRow | { readonly id: string; readonly kept: true } | undefined;
}

const archive = /^(.+\.w?arc(?:\.(?:gz|zst|zstd|lz4))?):(\d+)$/i;
const isArchive = /\.w?arc(?:\.(?:gz|zst|zstd|lz4))?$/i;
const isWeb = /^https?:\/\//i;
const isMarkup = /\.(?:html?|xhtml|xht)$/i;

/** Throws `pipeline/page-not-found`, and what the readers throw. */
export async function findPage(
  target: string,
  {
    run,
    url,
    signal,
    isOnlyOfRun = false,
  }: {
    run?: DataRun | undefined;
    url?: string | undefined;
    signal?: AbortSignal | undefined;
    /** No file and no address of the web: what the run has, or nothing. */
    isOnlyOfRun?: boolean | undefined;
  },
): Promise<FoundPage> {
  if (run !== undefined && isOnlyOfRun) {
    const found = await lookUp(target, run);
    if (found !== undefined) return found;
    throw missing(target, `${run.directory} has no page of that id or address.`);
  }
  const [, file, offset] = archive.exec(target) ?? [];
  if (file !== undefined) {
    const item = await readPageAt(file, Number(offset));
    const metadata =
      item.kind === 'keep' ? item.page.metadata : item.kind === 'drop' ? item.metadata : undefined;
    return { item, archive: file, origin: `record at byte ${String(metadata?.offset ?? offset)} of ${file}` };
  }
  if (run !== undefined && !existsSync(target)) {
    const found = await lookUp(target, run);
    if (found !== undefined) return found;
    if (!isWeb.test(target))
      throw missing(target, `Neither ${run.directory} has a page of that id or address, nor is it a file.`);
  }
  if (isWeb.test(target)) {
    if (isArchive.test(target))
      throw missing(target, 'Give the byte where the page begins, too: FILE:OFFSET.');
    return { item: await fetchPage(target, signal), fetched: true, origin: `fetched from ${target}` };
  }
  if (!existsSync(target) || !statSync(target).isFile())
    throw missing(
      target,
      'Give an address, a file of HTML or text, FILE.warc.gz:OFFSET, or with --run the id of a document.',
    );
  if (isArchive.test(target)) throw missing(target, 'Give the byte where the page begins, too: FILE:OFFSET.');
  return { item: readFileItem(target, url), origin: `read from ${target}` };
}

function readFileItem(path: string, url: string | undefined): Item {
  const decoded = decodeText(readFileSync(path), { detect: detectCharset });
  if (decoded === undefined) return { kind: 'drop', reason: 'unknown-charset', recordType: 'file' };
  const isHtml = isMarkup.test(path) || /^\s*(?:<!doctype html|<html)/i.test(decoded.text);
  const contentType = /\.xht/i.test(path) ? 'application/xhtml+xml' : isHtml ? 'text/html' : 'text/plain';
  const page = new Page({ url, content: decoded.text, contentType, metadata: { charset: decoded.charset } });
  return { kind: 'keep', page, recordType: 'file' };
}

/**
 * The page of an id or an address among what a run kept and dropped, read again from where the run read it.
 */
async function lookUp(target: string, run: DataRun): Promise<FoundPage | undefined> {
  const address = URL.canParse(target) ? new URL(target).href : target;
  const isIt = (id: string, url: unknown): boolean => id === target || url === target || url === address;
  for await (const row of run.rows<DroppedRow>('dropped'))
    if (isIt(row.id, row.url)) return { recorded: row, ...(await readAgain(row.id, row, run)) };
  for await (const { id, metadata } of readShards(run.store, run.prefix))
    if (isIt(id, metadata.url))
      return { recorded: { id, kept: true }, ...(await readAgain(id, metadata, run)) };
  return undefined;
}

async function readAgain(
  id: string,
  row: { readonly offset?: unknown; readonly source?: unknown; readonly url?: unknown },
  run: DataRun,
): Promise<Pick<FoundPage, 'item' | 'origin' | 'archive'>> {
  const inputs = await run.inputs();
  if (inputs === undefined)
    throw missing(
      id,
      `${run.directory} has it, and does not say where its inputs lie. Give FILE.warc.gz:OFFSET${typeof row.offset === 'number' ? ` (its offset is ${row.offset})` : ''}.`,
    );
  const [, label, number] = /^(.*?)(?:@\d+)?#(\d+)$/s.exec(id) ?? [];
  const named =
    inputs.find((input) => input.label === (label ?? row.source)) ??
    (inputs.length === 1 ? inputs[0] : undefined);
  if (named !== undefined && typeof row.offset === 'number')
    return {
      item: await readPageAt(named.path, row.offset),
      archive: named.path,
      origin: `byte ${row.offset} of ${named.path}`,
    };
  if (named !== undefined && number !== undefined)
    return { item: await readItem(named, Number(number)), origin: `item ${number} of ${named.path}` };
  throw missing(
    id,
    `${run.directory} has it under an id of its own, and it cannot be found in the inputs again.`,
  );
}

function missing(target: string, why: string): LlmError {
  return new LlmError({
    code: 'pipeline/page-not-found',
    message: `There is no page to explain at ${JSON.stringify(target)}. ${why}`,
    details: { target },
  });
}
