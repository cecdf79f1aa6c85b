/**
 * Measures of documents, gathered as datatrove's `BaseStats` does: over all (`summary`), by rounded value
 * (`histogram`, with the characters and tokens of the documents there), by host (`fqdn`) and by public suffix
 * (`suffix`). Of hosts and suffixes those with the most documents are kept; where twice as many have come,
 * the rarest go at once, so that memory is bounded.
 */
import { parse } from 'tldts';
import { wholeMeasures } from './document-measures.js';
import {
  addValue,
  mergeRecords,
  recordOf,
  type StatisticsRecord,
  statisticsWidth,
} from './running-statistics.js';

export const statisticsGroups = ['summary', 'histogram', 'fqdn', 'suffix'] as const;
export type StatisticsGroup = (typeof statisticsGroups)[number];

/** Of one measure in one group, by key. */
export type StatisticsTable = Readonly<Record<string, StatisticsRecord>>;

export interface GroupSettings {
  readonly groups: readonly StatisticsGroup[];
  readonly histogramDigits: number;
  readonly topKeys: number;
}

export interface CountedDocument {
  readonly url: string;
  readonly characters: number;
  readonly tokens?: number | undefined;
}

export class StatisticsGatherer {
  documents = 0;
  readonly #settings: GroupSettings;
  /** Measure → its place in the rows. */
  readonly #measures: string[] = [];
  readonly #keyed = new Map<StatisticsGroup, Map<string, Float64Array>>();
  /** Measure → rounded value → documents, characters, tokens. */
  readonly #histograms = new Map<string, Map<string, Float64Array>>();

  constructor(settings: GroupSettings) {
    this.#settings = settings;
  }

  add(measures: Readonly<Record<string, number>>, document: CountedDocument): void {
    this.documents++;
    if (this.#measures.length === 0) this.#measures.push(...Object.keys(measures));
    for (const group of this.#settings.groups)
      if (group === 'histogram') this.#addToHistograms(measures, document);
      else this.#addTo(group, keyOf(group, document.url), measures);
  }

  #addTo(group: StatisticsGroup, key: string, measures: Readonly<Record<string, number>>): void {
    let rows = this.#keyed.get(group);
    if (rows === undefined) {
      rows = new Map();
      this.#keyed.set(group, rows);
    }
    let row = rows.get(key);
    if (row === undefined) {
      if (group !== 'summary' && rows.size >= 2 * this.#settings.topKeys)
        keepTop(rows, this.#settings.topKeys);
      row = new Float64Array(this.#measures.length * statisticsWidth);
      rows.set(key, row);
    }
    for (const [at, measure] of this.#measures.entries())
      addValue(row, at * statisticsWidth, measures[measure]!);
  }

  #addToHistograms(
    measures: Readonly<Record<string, number>>,
    { characters, tokens }: CountedDocument,
  ): void {
    for (const measure of this.#measures) {
      let bins = this.#histograms.get(measure);
      if (bins === undefined) {
        bins = new Map();
        this.#histograms.set(measure, bins);
      }
      const isWhole = wholeMeasures.has(measure);
      const key = roundedKey(measures[measure]!, this.#settings.histogramDigits, isWhole);
      let bin = bins.get(key);
      if (bin === undefined) {
        bin = new Float64Array(3 * statisticsWidth);
        bins.set(key, bin);
      }
      addValue(bin, 0, 1);
      addValue(bin, statisticsWidth, characters);
      if (tokens !== undefined) addValue(bin, 2 * statisticsWidth, tokens);
    }
  }

  /** Group, measure and table of each file. */
  *tables(): Generator<readonly [StatisticsGroup, string, StatisticsTable]> {
    for (const [group, rows] of this.#keyed) {
      if (group !== 'summary') keepTop(rows, this.#settings.topKeys);
      for (const [at, measure] of this.#measures.entries())
        yield [group, measure, tableOf(rows, at * statisticsWidth)];
    }
    for (const [measure, bins] of this.#histograms) {
      yield ['histogram', measure, tableOf(bins, 0)];
      yield ['histogram', `${measure}__chars`, tableOf(bins, statisticsWidth)];
      if ([...bins.values()].some((bin) => bin[2 * statisticsWidth]! > 0))
        yield ['histogram', `${measure}__tokens`, tableOf(bins, 2 * statisticsWidth)];
    }
  }
}

/** Tables of one measure from several ranks as one. */
export function mergeTables(
  tables: readonly StatisticsTable[],
  group: StatisticsGroup,
  topKeys: number,
): StatisticsTable {
  const merged = new Map<string, StatisticsRecord>();
  for (const table of tables)
    for (const [key, record] of Object.entries(table)) {
      const before = merged.get(key);
      merged.set(key, before === undefined ? record : mergeRecords(before, record));
    }
  const entries = [...merged].sort(([a], [b]) => (a < b ? -1 : 1));
  if (group === 'summary' || group === 'histogram' || entries.length <= topKeys)
    return Object.fromEntries(entries);
  return Object.fromEntries(
    entries
      .sort(([, a], [, b]) => b.n - a.n)
      .slice(0, topKeys)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const tableOf = (rows: ReadonlyMap<string, Float64Array>, at: number): StatisticsTable =>
  Object.fromEntries(
    [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, row]) => [key, recordOf(row, at)]),
  );

/** By documents; of equals the first in the alphabet. */
function keepTop(rows: Map<string, Float64Array>, most: number): void {
  if (rows.size <= most) return;
  const order = [...rows].sort(([a, x], [b, y]) => y[0]! - x[0]! || (a < b ? -1 : 1));
  for (const [key] of order.slice(most)) rows.delete(key);
}

/** Documents without an address are under an empty key. */
function keyOf(group: 'summary' | 'fqdn' | 'suffix', url: string): string {
  if (group === 'summary') return 'summary';
  const { hostname, domain, publicSuffix, isIp } = parse(url);
  if (isIp === true) return '';
  return (group === 'suffix' ? publicSuffix : domain === null ? '' : hostname) ?? '';
}

/** As Python's `str(round(value, digits))`: halves go to the even neighbour, shares have a point. */
export function roundedKey(value: number, digits: number, isWhole: boolean): string {
  if (isWhole) return String(value);
  const scaled = value * 10 ** digits;
  const down = Math.floor(scaled);
  // A half that is one exactly in binary, too.
  const isHalf = scaled - down === 0.5 && Number.isInteger(value * 2 ** (digits + 1));
  const rounded = isHalf ? (down + (down % 2)) / 10 ** digits : Number(value.toFixed(digits));
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
}
