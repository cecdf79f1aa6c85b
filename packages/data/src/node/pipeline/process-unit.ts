/**
 * The unit of work: an input file, or a piece of one → survivors with their keys, dropped pages and counts.
 * Run again it writes the same bytes under the same keys; killed anywhere it goes on at the record after its
 * last checkpoint. A page that killed a worker before is counted where it did, and left out.
 */
import { basename } from 'node:path';
import { type ArtifactStore, throwIfAborted } from '@llm/core';
import type { KeyMaker } from '../../deduplication/document-keys.js';
import type { Page } from '../../page/page.js';
import type { Metadata } from '../../page/verdict.js';
import { Counts } from '../../pipeline/counts.js';
import { Funnel } from '../../pipeline/funnel.js';
import type { MeasuredPage, StepRunner } from '../../pipeline/step-runner.js';
import type { InputItem, InputLimits } from '../inputs/data-input.js';
import { readInput } from '../inputs/read-input.js';
import { type RecordOptions, recordedSteps } from './record-options.js';
import { rowNames } from './row-names.js';
import { readStuckPages } from './stuck-pages.js';
import { readUnit, type UnitCounts, type UnitSource, type UnitSummary, UnitWriter } from './unit-files.js';

/** Where a worker is; whoever watches it reads this. Step 0 is the reader, 1 the first of the list. */
export interface PageWatch {
  item(item: number): void;
  step(step: number): void;
}

export interface UnitContext {
  readonly store: ArtifactStore;
  readonly runner: StepRunner;
  readonly keyMaker: KeyMaker | undefined;
  readonly limits: InputLimits;
  readonly record: RecordOptions;
  /** Items between two checkpoints: part of what the output files look like. */
  readonly segmentItems: number;
  readonly watch?: PageWatch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the range and pages that are dealt with. */
  readonly onProgress: (bytes: number, pages: number) => void;
  readonly onWarning: (message: string) => void;
}

const segmentCharacters = 16 * 1024 * 1024;

export async function processUnit(source: UnitSource, context: UnitContext): Promise<UnitSummary> {
  const { input, label, file, range } = source;
  const { runner, keyMaker, store, watch, record } = context;
  const from = await readUnit(store, source);
  if (from?.done === true) return from;
  const stuck = await readStuckPages(store, source.place);
  const filtered = input.quality === undefined ? input.kind === 'warc' : input.quality === 'filter';
  const unit = new UnitWriter(store, source, keyMaker?.kinds.length ?? 0, from);
  const funnel = new Funnel(rowNames(runner.steps));
  funnel.add(from?.funnel ?? []);
  const records = new Counts().addAll(from?.records ?? {});
  const languages = new Counts().addAll(from?.languages ?? {});
  let { documents, pages, characters } = from ?? { documents: 0, pages: 0, characters: 0 };
  let bytesRead = 0;
  let damages = 0;
  runner.seconds.clear();

  const counts = (): UnitCounts => {
    const seconds = new Map(Object.entries(from?.seconds ?? {}));
    for (const [step, value] of runner.seconds) seconds.set(step, (seconds.get(step) ?? 0) + value);
    return {
      documents,
      records: records.sorted(),
      pages,
      funnel: funnel.steps(),
      languages: languages.sorted(),
      characters,
      seconds: Object.fromEntries(seconds),
    };
  };
  const stuckPage = (item: number, metadata: Metadata): void => {
    const { step: at, reason } = stuck.get(item)!;
    const step = at === 0 ? 'reader' : (runner.steps[at - 1]?.name ?? 'minhash');
    for (const { name } of runner.steps.slice(0, Math.max(0, at - 1))) funnel.count(name);
    funnel.count(step, reason);
    context.onWarning(`${basename(input.path)}, item ${item}: the step ${step} was given up (${reason}).`);
    unit.drop({ ...metadata, id: ownId(metadata) ?? `${label}#${item}`, step, reason });
  };
  const handle = async (item: InputItem, ordinal: number): Promise<void> => {
    records.add(item.recordType);
    const place = `${label}#${ordinal}`;
    if (item.kind === 'no-page') return;
    pages++;
    context.onProgress(bytesRead, pages);
    if (item.kind === 'drop') {
      const { reason, metadata } = item;
      funnel.count('reader', reason);
      if (item.recordType === 'damaged' && damages++ < 3) {
        const where = `${basename(input.path)}, byte ${String(metadata?.offset)}`;
        context.onWarning(`${where}: ${String(metadata?.message)} (${reason}).`);
      }
      return unit.drop({ ...metadata, id: ownId(metadata) ?? place, step: 'reader', reason });
    }
    funnel.count('reader');
    const { page } = item;
    const own = ownId(page.metadata);
    const id = own ?? place;
    characters += page.content.length;
    if (stuck.has(ordinal)) return stuckPage(ordinal, page.metadata);
    const { verdict, measured, text } = await judge(page, runner, record, funnel, filtered);
    const { language, languageScore } = page;
    if (language !== undefined) languages.add(language);
    const url = page.url === '' ? undefined : page.url;
    const fate = verdict.kind === 'drop' ? { step: verdict.step, reason: verdict.reason } : {};
    if (record.measures !== undefined && measured !== undefined)
      unit.measure({
        ...{ id, url, language, ...fate, all: record.measures === 'all' ? true : undefined },
        steps: recordedSteps(measured),
      });
    if (verdict.kind === 'drop') {
      const { step, reason } = verdict;
      const seen = measured?.filter((one) => one.step === step) ?? [];
      const measures = seen.length > 0 && text !== undefined ? recordedSteps(seen)[0]![1] : undefined;
      const row = { ...page.metadata, id, step, reason, language: language ?? page.metadata.language };
      return unit.drop({ ...row, text, measures });
    }
    documents++;
    // What a row said of itself stays, where no step has found better.
    const { id: _, ...given } = page.metadata;
    const metadata = {
      ...given,
      source: given.source ?? file,
      title: page.title === '' ? given.title : page.title,
      language: language ?? given.language,
      languageScore:
        languageScore === undefined ? given.languageScore : Math.round(languageScore * 10_000) / 10_000,
    };
    watch?.step(runner.steps.length + 1);
    const started = performance.now();
    const keys = keyMaker?.keys(page);
    if (keyMaker !== undefined) runner.time('minhash', started);
    unit.keep(ordinal, { id, text: page.text, metadata }, keys, own);
  };

  let items = 0;
  /** The reader itself did not come past this item: what follows of the piece cannot be read. */
  const isLost = (): boolean => {
    if (stuck.get(items)?.step !== 0) return false;
    records.add('damaged');
    pages++;
    stuckPage(items, { offset: range.start + bytesRead, bytes: range.end - range.start - bytesRead });
    return true;
  };
  const read = (bytes: number): void => {
    bytesRead = bytes - range.start;
  };
  if (!isLost()) {
    watch?.item(items);
    let asked = performance.now();
    for await (const item of readInput(input, context.limits, read, range)) {
      throwIfAborted(context.signal);
      const ordinal = items++;
      if (ordinal >= (from?.items ?? 0)) {
        runner.time('reader', asked);
        await handle(item, ordinal);
        if (items % context.segmentItems === 0 || unit.waiting >= segmentCharacters)
          await unit.checkpoint(items, counts());
      }
      if (isLost()) break;
      watch?.item(items);
      asked = performance.now();
    }
  }
  context.onProgress(range.end - range.start, pages);
  return unit.checkpoint(items, counts(), true);
}

interface Judged {
  readonly verdict: MeasuredPage['verdict'];
  readonly measured?: MeasuredPage['measured'] | undefined;
  /** What a dropped page leaves of its text. */
  readonly text?: string | undefined;
}

/** Runs the steps over a page, and writes down what the run is to keep of it. */
async function judge(
  page: Page,
  runner: StepRunner,
  { droppedText = 0, measures }: RecordOptions,
  funnel: Funnel,
  filtered: boolean,
): Promise<Judged> {
  if (droppedText === 0 && measures === undefined)
    return { verdict: await runner.run(page, funnel, filtered) };
  let text: string | undefined;
  const onDrop = (): void => {
    if (droppedText > 0) text = page.text.slice(0, droppedText);
  };
  return { ...(await runner.measure(page, { all: measures === 'all', onDrop, filtered }, funnel)), text };
}

/** The `id` that the document came with: a row of JSON lines has one often. */
function ownId(metadata: Metadata | undefined): string | undefined {
  const id = metadata?.id;
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
}
