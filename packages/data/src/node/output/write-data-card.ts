/**
 * The card beside the data (Gebru et al. 2018, "Datasheets for Datasets"; Hugging Face's dataset cards): what
 * it was made from, by which steps with which thresholds, what was dropped why, which languages and licences
 * are in it, and the hash of every file. `data-card.json` holds all that the same bytes follow from;
 * `README.md` says it to people. Neither has a time in it: the same data has the same card.
 */

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { JsonValue } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import type { PageStep } from '../../page/page-step.js';
import type { FunnelStep } from '../../pipeline/funnel.js';
import type { DataInput } from '../inputs/data-input.js';
import { fileFingerprint } from '../pipeline/fingerprint.js';
import type { StorageOptions } from '../storage/http-client.js';
import { openSource, openStore } from '../storage/open-storage.js';
import { cardText } from './card-text.js';
import type { DataCard } from './data-card.js';
import type { WrittenDocuments } from './write-documents.js';

/** What a card takes from the report of a run. */
export interface CardReport {
  readonly fingerprint: string;
  readonly pages: number;
  readonly kept: number;
  readonly funnel: readonly FunnelStep[];
  readonly dropped: Readonly<Record<string, number>>;
  readonly pii: Readonly<Record<string, number>>;
}

export interface DataCardOptions {
  /** What the data is called. */
  readonly name: string;
  /** Where the data lies, and the card will. */
  readonly output: string;
  readonly inputs: readonly DataInput[];
  readonly steps: readonly PageStep[];
  /** What else decides the output: options of deduplication, of personal data, of the files. */
  readonly settings?: Readonly<Record<string, JsonValue>> | undefined;
  readonly report: CardReport;
  readonly written: WrittenDocuments;
  /** Identifier of the hub for the licence of the whole, like `odc-by`. Default `unknown`. */
  readonly licence?: string | undefined;
  /** What was typed. */
  readonly command?: string | undefined;
  readonly storage?: StorageOptions | undefined;
}

/** Writes both files, the one for people last. Throws `data/storage-…`, `core/write-failed`. */
export async function writeDataCard(options: DataCardOptions): Promise<DataCard> {
  checkOptions('writeDataCard', options, {
    ...({ name: 'text!', output: 'text!', inputs: 'list!', steps: 'list!', settings: 'object' } as const),
    ...({ report: 'object!', written: 'object!', licence: 'text', command: 'text' } as const),
    storage: 'object',
  });
  const card = await buildCard(options);
  const store = openStore(options.output, options.storage);
  const encoder = new TextEncoder();
  await store.write('data-card.json', encoder.encode(`${JSON.stringify(card, undefined, 2)}\n`));
  await store.write('README.md', encoder.encode(cardText(card)));
  return card;
}

async function buildCard(options: DataCardOptions): Promise<DataCard> {
  const { report, written } = options;
  const inputs: DataCard['inputs'][number][] = [];
  for (const { path, kind, field, quality } of options.inputs) {
    const source = await openSource(path, options.storage);
    const isRemote = /^(https?|s3|hf):/i.test(source.url);
    inputs.push({
      url: source.url,
      kind,
      field: field ?? null,
      quality: quality ?? null,
      bytes: source.size,
      etag: isRemote && source.version !== '' ? source.version : null,
      fingerprint: await fileFingerprint(path),
    });
  }
  return {
    kind: 'data-card',
    version: 1,
    name: options.name,
    licence: options.licence ?? 'unknown',
    software: ownPackage(),
    command: options.command ?? null,
    inputs,
    steps: options.steps.map(({ name, version, options: own }) => ({
      name,
      version: version ?? null,
      options: asJson(own ?? {}),
    })),
    settings: options.settings ?? {},
    pages: report.pages,
    funnel: report.funnel,
    dropped: report.dropped,
    personalData: report.pii,
    documents: written.documents,
    characters: written.characters,
    languages: written.languages,
    licences: written.licences,
    files: written.files,
    runFingerprint: report.fingerprint,
  };
}

/** Lists of sites have millions of lines: longer ones are known by their hash. */
const longestList = 1000;

function asJson(value: object): JsonValue {
  const text = JSON.stringify(value, (_, item: unknown) => {
    const list = item instanceof Set ? [...item].sort() : item;
    if (!Array.isArray(list) || list.length <= longestList) return list;
    const sha256 = createHash('sha256').update(JSON.stringify(list)).digest('hex');
    return { items: list.length, sha256 };
  });
  return JSON.parse(text) as JsonValue;
}

function ownPackage(): DataCard['software'] {
  const own = createRequire(import.meta.url)('@llm/data/package.json') as { version: string };
  return { name: '@llm/data', version: own.version };
}
