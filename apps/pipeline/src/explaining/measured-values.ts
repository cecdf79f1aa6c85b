/**
 * What a run measured, by rule: how its values lie around the threshold. One pass finds the bounds and the
 * counts of equal values, which most rules have few of; a second is not needed, as buckets are merged.
 */
import type { MeasuredRow } from '@llm/data/node';
import type { DataRun } from './data-run.js';

export interface MeasuredRule {
  readonly step: string;
  /** The reason when it drops a page. */
  readonly rule: string;
  /** `step.option` is what `tune` sets. */
  readonly option: string;
  readonly bound: string;
  readonly threshold: number;
  readonly pages: number;
  /** `counts[i]` pages have a value in [`edges[i]`, `edges[i + 1]`), the last bucket with its upper edge. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

const buckets = 40;
/** Values of a rule that are held, evenly thinned beyond. */
const mostValues = 100_000;

export async function measuredRules(run: DataRun): Promise<MeasuredRule[]> {
  const rules = new Map<
    string,
    Values & Pick<MeasuredRule, 'step' | 'rule' | 'option' | 'bound' | 'threshold'>
  >();
  for await (const { steps } of run.rows<MeasuredRow>('measures')) {
    for (const [step, measures] of steps) {
      for (const [rule, written, bound, threshold, option] of measures) {
        if (option === undefined) continue;
        const key = `${step} ${rule} ${option}`;
        let values = rules.get(key);
        if (values === undefined) {
          values = Object.assign(new Values(), { step, rule, option, bound, threshold });
          rules.set(key, values);
        }
        const value = Number(written);
        if (Number.isFinite(value)) values.add(value);
      }
    }
  }
  return [...rules.values()].map((values) => {
    const { step, rule, option, bound, threshold } = values;
    return { step, rule, option, bound, threshold, pages: values.seen, ...values.histogram(threshold) };
  });
}

class Values {
  seen = 0;
  #every = 1;
  #kept: number[] = [];

  add(value: number): void {
    if (this.seen++ % this.#every === 0) this.#kept.push(value);
    if (this.#kept.length < mostValues) return;
    this.#kept = this.#kept.filter((_, at) => at % 2 === 0);
    this.#every *= 2;
  }

  /** Few far values would leave the rest in one bucket: they share the last one. */
  histogram(threshold: number): { edges: number[]; counts: number[] } {
    const sorted = [...this.#kept].sort((a, b) => a - b);
    const least = Math.min(sorted[0] ?? 0, threshold);
    const far = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 0;
    const most = Math.max(far, threshold * 1.5, least + Number.EPSILON);
    const edges = Array.from({ length: buckets + 1 }, (_, at) => least + ((most - least) * at) / buckets);
    const counts = new Array<number>(buckets).fill(0);
    for (const value of sorted) {
      const at = Math.floor(((value - least) / (most - least)) * buckets);
      counts[Math.min(buckets - 1, Math.max(0, at))]! += this.#every;
    }
    return { edges, counts };
  }
}
