/**
 * The unit of work: one input file → survivors with their signatures, dropped pages and a summary. Run again
 * it writes the same bytes under the same keys; killed anywhere it is simply run again.
 */
import { basename } from 'node:path';
import { type ArtifactStore, throwIfAborted } from '@llm/core';
import type { Minhasher } from '../../deduplication/minhash.js';
import { keep, type Metadata } from '../../page/verdict.js';
import { Counts } from '../../pipeline/counts.js';
import { Funnel } from '../../pipeline/funnel.js';
import type { StepRunner } from '../../pipeline/step-runner.js';
import type { InputItem, InputLimits } from '../inputs/data-input.js';
import { readInput } from '../inputs/read-input.js';
import { type Unit, type UnitSource, UnitWriter } from './unit-files.js';

export interface UnitContext {
  readonly store: ArtifactStore;
  readonly runner: StepRunner;
  readonly minhasher: Minhasher | undefined;
  readonly limits: InputLimits;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (bytes: number, pages: number) => void;
  readonly onWarning: (message: string) => void;
}

export async function processInput(source: UnitSource, context: UnitContext): Promise<Unit> {
  const { input, label } = source;
  const { runner, minhasher } = context;
  const filtered = input.quality === undefined ? input.kind === 'warc' : input.quality === 'filter';
  const unit = new UnitWriter(context.store, source, minhasher?.buckets ?? 0);
  const funnel = new Funnel(['reader', ...runner.steps.map((step) => step.name)]);
  const records = new Counts();
  const languages = new Counts();
  let [documents, pages, characters, ordinal, damages, bytesRead] = [0, 0, 0, 0, 0, 0];

  const handle = async (item: InputItem): Promise<void> => {
    records.add(item.recordType);
    const place = `${label}#${ordinal++}`;
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
    const id = ownId(page.metadata) ?? place;
    characters += page.content.length;
    const verdict = filtered ? await runner.run(page, funnel) : keep;
    const { language, languageScore } = page;
    if (language !== undefined) languages.add(language);
    if (verdict.kind === 'drop') {
      const { step, reason } = verdict;
      return unit.drop({ ...page.metadata, id, step, reason, language: language ?? page.metadata.language });
    }
    documents++;
    // What a row said of itself stays, where no step has found better.
    const { id: _, ...own } = page.metadata;
    const metadata = {
      ...own,
      source: own.source ?? label,
      title: page.title === '' ? own.title : page.title,
      language: language ?? own.language,
      languageScore:
        languageScore === undefined ? own.languageScore : Math.round(languageScore * 10_000) / 10_000,
    };
    const started = performance.now();
    const signature = minhasher?.signature(page.text);
    if (minhasher !== undefined) runner.time('minhash', started);
    return unit.keep({ id, text: page.text, metadata }, signature);
  };

  let asked = performance.now();
  const items = readInput(input, context.limits, (bytes) => {
    bytesRead = bytes;
  });
  for await (const item of items) {
    runner.time('reader', asked);
    throwIfAborted(context.signal);
    await handle(item);
    asked = performance.now();
  }
  return unit.end({
    documents,
    records: records.sorted(),
    pages,
    funnel: funnel.steps(),
    languages: languages.sorted(),
    characters,
  });
}

/** The `id` that the document came with: a row of JSON lines has one often. */
function ownId(metadata: Metadata | undefined): string | undefined {
  const id = metadata?.id;
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
}
