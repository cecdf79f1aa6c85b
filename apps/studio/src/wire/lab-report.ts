/**
 * What `llm lab NAME` writes as `lab/NAME/report.json`: one claim, measured. Plain data, so that the page
 * draws it as it likes. No times in it: a run that was stopped and gone on with leaves the same bytes.
 */
export interface LabReport {
  readonly kind: 'llm/lab-report';
  readonly version: 1;
  /** As it is typed: `tokens-to-think`. */
  readonly name: string;
  readonly title: string;
  /** What is claimed, in a sentence or two. */
  readonly claim: string;
  /** Each seed is a training of its own. */
  readonly seeds: readonly number[];
  /** What was done, a paragraph each. */
  readonly done: readonly string[];
  readonly measures: readonly LabMeasure[];
  /** What had to come out for the claim to count as shown, and what did. */
  readonly checks: readonly LabCheck[];
  readonly plots: readonly LabPlot[];
  /** A few answers, word for word. */
  readonly samples: readonly LabSample[];
  readonly shows: readonly string[];
  readonly doesNotShow: readonly string[];
  /** Published results that it is a small copy of. */
  readonly mirrors: readonly { readonly source: string; readonly finding: string }[];
  /** What to type to do it again, or to go on from here. */
  readonly tryIt: readonly LabTry[];
}

export interface LabTry {
  readonly command: string;
  readonly what: string;
  /** The same in a page: a model of the run, what it is told, and what it is asked or goes on with. */
  readonly ask?:
    | {
        readonly model: 'pretrain' | 'sft';
        readonly text?: string | undefined;
        readonly system?: string | undefined;
      }
    | undefined;
}

/** One figure, over all seeds. */
export interface LabMeasure {
  /** Of which of the compared models: `steps first`. */
  readonly arm: string;
  /** What was measured: `right answers`. */
  readonly name: string;
  /** `share` is 0 to 1. */
  readonly unit: 'share' | 'tokens' | 'score' | 'nats';
  readonly value: number;
  /** What was counted, all seeds together: questions, pairs, answers. */
  readonly n: number;
  /** 95 %; null where there is none to give. */
  readonly interval: readonly [number, number] | null;
  /** In the order of the report's seeds. */
  readonly bySeed: readonly number[];
}

export interface LabCheck {
  /** `steps first is at least 30 points above answer first` */
  readonly expected: string;
  /** `+41.5 points` */
  readonly measured: string;
  readonly met: boolean;
}

export type LabPlot = LabLinePlot | LabBarPlot;

export interface LabLinePlot {
  readonly kind: 'lines';
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Default: from the data. */
  readonly yRange?: readonly [number, number] | undefined;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
    /** Index of the colour. Default: place in the list. */
    readonly color?: number | undefined;
    /** Drawn thin and pale, without a name in the legend: single seeds behind their mean. */
    readonly faint?: boolean | undefined;
  }[];
}

export interface LabBarPlot {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: LabMeasure['unit'];
  /** The value of a full bar. Default: the largest. */
  readonly scale?: number | undefined;
  readonly bars: readonly {
    readonly label: string;
    readonly value: number;
    readonly interval: readonly [number, number] | null;
  }[];
}

export interface LabSample {
  readonly arm: string;
  /** The system message before it. */
  readonly system?: string | undefined;
  readonly prompt: string;
  readonly answer: string;
  /** Null where there is no right and wrong. */
  readonly right: boolean | null;
}

export function isLabReport(value: unknown): value is LabReport {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, version } = value as Partial<LabReport>;
  return kind === 'llm/lab-report' && version === 1;
}
