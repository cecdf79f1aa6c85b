/** What the finished units add up to: what the phases that see the whole corpus start from. */
import { LlmError } from '@llm/core';
import { readJson, writeJson } from './json-artifact.js';
import type { RunContext } from './run-context.js';
import { readUnit, runDocuments } from './unit-files.js';

export interface GatheredUnits {
  /** Number of the first document of each unit, and behind them of all. Numbers start at 1. */
  readonly bases: readonly number[];
  readonly droppedParts: readonly number[];
}

/** Most documents of a corpus: numbers are 32-bit words. */
export const mostDocuments = 0xfffffffe;
/** Documents whose keys are sorted at once: what a task holds in memory, at about 60 bytes each. */
export const batchDocuments = 1 << 22;

/** Throws `data/phase-too-early` when a unit is not whole. */
export async function gatherUnits({ store, plan }: RunContext): Promise<GatheredUnits> {
  const key = `${plan.work}/gathered.json`;
  const known = await readJson<GatheredUnits>(store, key);
  if (known !== undefined) return known;
  const bases = [1];
  const droppedParts: number[] = [];
  for (const source of plan.units) {
    const unit = await readUnit(store, source);
    if (unit?.done !== true)
      throw new LlmError({
        code: 'data/phase-too-early',
        message: `The unit ${source.label} is not finished. Run the phase "pages" of every rank first.`,
        details: { unit: source.label },
      });
    bases.push(bases[bases.length - 1]! + unit.documents);
    droppedParts.push(unit.droppedParts);
  }
  if (bases[bases.length - 1]! > mostDocuments)
    throw new LlmError({
      code: 'data/corpus-too-large',
      message: `The corpus has more than ${mostDocuments} documents. Cut it into several runs with \`earlier\`.`,
    });
  const gathered = { bases, droppedParts };
  await writeJson(store, key, gathered);
  return gathered;
}

export interface UnitRun {
  readonly unit: number;
  readonly run: number;
  /** Number of the run's first document less its number in the unit. */
  readonly base: number;
  readonly documents: number;
}

/** Sorted runs of all units in their order. */
export function unitRuns({ bases }: GatheredUnits): UnitRun[] {
  return bases.slice(0, -1).flatMap((base, unit) => {
    const documents = bases[unit + 1]! - base;
    return Array.from({ length: Math.ceil(documents / runDocuments) }, (_, run) => ({
      unit,
      run,
      base,
      documents: Math.min(runDocuments, documents - run * runDocuments),
    }));
  });
}

/** The unit of a document. */
export function unitOf(bases: readonly number[], document: number): number {
  let low = 0;
  let high = bases.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (bases[middle]! <= document) low = middle;
    else high = middle;
  }
  // Units without a document share the number of the next.
  return low;
}
