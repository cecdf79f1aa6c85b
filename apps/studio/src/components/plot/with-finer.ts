/** A curve whose buckets between some steps are replaced by finer ones. */
import type { CurveColumns } from '@llm/core';

export function withFiner(whole: CurveColumns, finer: CurveColumns | undefined): CurveColumns {
  const [from, to] = [finer?.step[0], finer?.step.at(-1)];
  if (finer === undefined || from === undefined || to === undefined) return whole;
  const before = whole.step.findIndex((step) => step >= from);
  if (before < 0) return whole;
  const last = whole.step.findIndex((step) => step > to);
  const after = last < 0 ? whole.step.length : last;
  const joined = <Value>(of: (columns: CurveColumns) => readonly Value[]): readonly Value[] => [
    ...of(whole).slice(0, before),
    ...of(finer),
    ...of(whole).slice(after),
  ];
  return {
    ...whole,
    step: joined(({ step }) => step),
    time: joined(({ time }) => time),
    mean: joined(({ mean }) => mean),
    least: joined(({ least }) => least),
    most: joined(({ most }) => most),
  };
}
