/** What the data room asks: `/api/runs/:id/data…`. */

export interface Fates {
  readonly kept: number;
  readonly dropped: number;
}

/** A rule's value of a page, beside the threshold it was compared with. */
export interface ShownMeasure {
  readonly name: string;
  readonly value: number;
  readonly bound: 'least' | 'most' | 'above' | 'below';
  readonly threshold: number;
  readonly option?: string | undefined;
  readonly passes: boolean;
}

export interface DataSample {
  readonly id: string;
  readonly url?: string | undefined;
  readonly language?: string | undefined;
  /** The beginning of its text, where the run left one. */
  readonly text?: string | undefined;
  readonly measures: readonly ShownMeasure[];
  readonly duplicate?: string | undefined;
}

export interface SampledRule {
  /** `step/reason`. */
  readonly rule: string;
  readonly pages: number;
  readonly samples: readonly DataSample[];
}

/** `GET runs/:id/data`. */
export interface DataInspection {
  readonly pages: number;
  readonly kept: number;
  readonly funnel: readonly {
    readonly step: string;
    readonly entered: number;
    readonly left: number;
    readonly dropped: Readonly<Record<string, number>>;
  }[];
  readonly rules: readonly SampledRule[];
  readonly keptSamples: readonly DataSample[];
  readonly languages: readonly (readonly [string, Fates])[];
  readonly hosts: readonly (readonly [string, Fates])[];
  /** Whether dropped pages left texts. */
  readonly hasTexts: boolean;
  /** Whether thresholds can be tried: the run wrote down what it measured. */
  readonly hasMeasures: boolean;
}

/** An element of `GET runs/:id/data/measures`. */
export interface MeasuredRule {
  readonly step: string;
  readonly rule: string;
  /** `step.option` is what is set. */
  readonly option: string;
  readonly bound: string;
  readonly threshold: number;
  readonly pages: number;
  /** `counts[i]` pages lie in [`edges[i]`, `edges[i + 1]`); those far out share the last bucket. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** `GET runs/:id/data/tune?set=step.option=value&set=…`. */
export interface TunedData {
  readonly pages: number;
  /** `step/reason`, `pass`, `unknown behind step` → pages. */
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  readonly moved: readonly {
    readonly change: string;
    readonly pages: number;
    readonly samples: readonly DataSample[];
  }[];
}

export interface ExplainedStep {
  readonly step: string;
  readonly verdict: 'keep' | 'drop' | 'no-business' | 'not-reached';
  readonly reason?: string | undefined;
  readonly measures: readonly ShownMeasure[];
  readonly seconds: number;
  /** It had been dropped before: a verdict that nobody asked for. */
  readonly afterDrop: boolean;
  readonly change?: { readonly before: string; readonly after: string } | undefined;
}

/** `GET runs/:id/data/page?page=ID`, and what the page itself finds of a pasted one. */
export interface ExplainedPage {
  readonly url: string;
  /** Where it was read from. */
  readonly origin: string;
  readonly contentType: string;
  /** What the reader gave: HTML, or text. */
  readonly content: string;
  readonly verdict: 'keep' | 'drop';
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
  readonly steps: readonly ExplainedStep[];
  readonly text: string;
}
