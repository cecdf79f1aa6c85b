/**
 * An experiment: a claim, and a program that trains what is compared, measures it and says what was found. It
 * only composes packages. What it computes it computes through `arm`, so that a rerun keeps what is finished.
 */
import type { ArtifactStore, JsonValue, RunEventListener } from '@llm/core';
import type { LabReport } from '@llm/studio/wire';
import type { RunModelPlace } from '../models/model-source.js';

/** Sizes, steps, rates: everything beside the seeds that decides what comes out. */
export type Plan = Readonly<Record<string, JsonValue>>;

export interface Experiment<Sizes extends Plan = Plan> {
  /** As it is typed, and the name of its folder. */
  readonly name: string;
  readonly title: string;
  readonly claim: string;
  /** About how long it takes with its default seeds on two idle cores. */
  readonly minutes: number;
  /** Seeds that it takes unless `--seeds` says otherwise. */
  readonly seeds: number;
  /** Whether it measures the models of a finished run; `context.run` is there then. */
  readonly needsRun: boolean;
  readonly plan: Sizes;
  run(context: ExperimentContext<Sizes>): Promise<Findings>;
}

export interface ExperimentContext<Sizes extends Plan = Plan> {
  readonly plan: Sizes;
  readonly seeds: readonly number[];
  readonly threads: number;
  /** The run it belongs to, where there is one: open its models with `openModel(run.store, 'sft', …)`. */
  readonly run: RunModelPlace | undefined;
  /** Keys below the experiment's folder. */
  readonly store: ArtifactStore;
  /** The folder, for commands that people type. */
  readonly directory: string;
  /**
   * Computes a part once, under a name of its own: a training with its measurements. A rerun reads what was
   * computed; what is returned is what a reader of the file would see.
   */
  arm<Value extends JsonValue>(name: string, compute: () => Promise<Value>): Promise<Value>;
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
}

/** What an experiment found: the report without what the frame knows. */
export type Findings = Omit<LabReport, 'kind' | 'version' | 'name' | 'title' | 'claim' | 'seeds'>;
