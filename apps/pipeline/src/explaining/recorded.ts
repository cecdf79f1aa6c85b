/** What a run of the data stage writes down of its pages, as flags say it. */
import type { DataPlan } from '@llm/data/node';

export interface RecordFlags {
  readonly droppedText?: number | undefined;
  readonly measure?: boolean | undefined;
  readonly measureAll?: boolean | undefined;
}

export type RecordOptions = NonNullable<DataPlan['record']>;

/** Undefined when nothing was asked for. */
export function recordOf({ droppedText, measure, measureAll }: RecordFlags): RecordOptions | undefined {
  const measures = measureAll === true ? 'all' : measure === true ? 'reached' : undefined;
  return droppedText === undefined && measures === undefined ? undefined : { droppedText, measures };
}
