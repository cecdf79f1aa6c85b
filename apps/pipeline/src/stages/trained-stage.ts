/**
 * What base model, SFT, RL and control have in common: open a model, go on from the newest checkpoint,
 * measure before and after (and in between), train with checkpoints, show samples, keep the finished model. A
 * stage says the rest.
 */
import type { JsonValue } from '@llm/core';
import type { Metrics, TrainingOptions } from '@llm/core/training';
import { checkpointHooks } from '@llm/model';
import type { OpenModel } from '../models/open-model.js';
import {
  checkpointFolder,
  checkpointPrefix,
  newestWholeCheckpoint,
  saveFinishedModel,
} from '../models/stage-checkpoints.js';
import type { Stage, StageContext } from '../run/stage-engine.js';
import type { StageSummary } from '../run/stage-state.js';
import type { Sample } from './summaries.js';

/** What a training loop is given on top of its own options. */
export type TrainingHooks = Pick<
  TrainingOptions,
  'stage' | 'onCheckpoint' | 'evaluateFirst' | 'evaluate' | 'signal' | 'onEvent'
>;

export interface Course<
  Summary extends StageSummary,
  Measured extends JsonValue,
  Claims extends JsonValue = null,
> {
  readonly opened: Omit<OpenModel, 'renderer'>;
  readonly steps: number;
  /**
   * Asked for step 0, the last one, and what the loop evaluates in between; each once, also when the run is
   * resumed.
   */
  readonly measure: (step: number) => Promise<Measured>;
  readonly metrics: (measured: Measured) => Metrics;
  /** Trains from `model.stepsTaken` to `steps`. */
  readonly train: (hooks: TrainingHooks) => Promise<unknown>;
  readonly samples: () => Promise<Sample[]>;
  /** What the finished model can do; asked once. */
  readonly claims?: (() => Promise<Claims | null>) | undefined;
  /** Kept with the finished model. */
  readonly metadata?: ((after: Measured) => Readonly<Record<string, JsonValue>>) | undefined;
  readonly summarize: (figures: {
    readonly before: Measured;
    readonly after: Measured;
    readonly samples: Sample[];
    readonly claims: Claims | null;
  }) => Summary;
}

export interface TrainedStage<
  Summary extends StageSummary,
  Measured extends JsonValue,
  Claims extends JsonValue = null,
> extends Omit<Stage<Summary>, 'run' | 'scratch'> {
  begin(context: StageContext): Promise<Course<Summary, Measured, Claims>>;
}

export function trainedStage<
  Summary extends StageSummary,
  Measured extends JsonValue,
  Claims extends JsonValue = null,
>({ begin, ...stage }: TrainedStage<Summary, Measured, Claims>): Stage<Summary> {
  const { name } = stage;
  return {
    ...stage,
    run: async (context) => {
      const { store, signal, onEvent, remember } = context;
      const course = await begin(context);
      const { opened, steps } = course;
      const { model, config } = opened;
      const measured = (step: number): Promise<Measured> =>
        remember(`measured-${step}`, () => course.measure(step));
      try {
        const checkpoint = await newestWholeCheckpoint(store, name, onEvent);
        if (checkpoint !== undefined) await model.restore(checkpoint.snapshot);
        const { onCheckpoint } = checkpointHooks(store, checkpointPrefix(name), { model, config });
        await course.train({
          stage: name,
          onCheckpoint,
          evaluateFirst: true,
          evaluate: async (step) => course.metrics(await measured(step)),
          signal,
          onEvent,
        });
        const [before, after] = [await measured(0), await measured(steps)];
        const samples = await remember('samples', course.samples);
        const claims = await remember<Claims | null>('claims', async () => (await course.claims?.()) ?? null);
        await saveFinishedModel(store, name, opened, { stage: name, ...course.metadata?.(after) });
        return course.summarize({ before, after, samples, claims });
      } finally {
        await model.dispose();
      }
    },
    scratch: [checkpointFolder],
  };
}
