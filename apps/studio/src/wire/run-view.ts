/**
 * A run as its events tell it, in memory that does not grow with them: where each stage stands, its curves,
 * samples over time, warnings, checkpoints. The server reads a log into one and sends it; the page takes it
 * and goes on with the events that follow, by the same code.
 */
import { BoundedCurve, type CurveColumns, type JsonValue } from '@llm/core';
import type { LoggedEvent, StageCost } from './run-event.js';
import { ThinnedList, type ThinnedListJson } from './thinned-list.js';

export interface StageProgress {
  readonly done: number;
  readonly total?: number | undefined;
  readonly unit: string;
}

export interface RunSample {
  readonly at: string;
  readonly step: number;
  readonly time: number;
  readonly title: string;
  readonly text: string;
}

export interface RunWarning {
  readonly at: string;
  readonly time: number;
  readonly code: string;
  readonly message: string;
  /** The stage's newest step at that time; null where it has counted none. */
  readonly step: number | null;
}

export interface RunArtifact {
  readonly at: string;
  readonly time: number;
  readonly key: string;
  readonly kind: string;
  /** The stage's newest step at that time; null where it has counted none. */
  readonly step: number | null;
}

interface StageFacts {
  /** `running`: it was begun and has not ended, whether or not a process is at it. */
  status: 'running' | 'complete';
  startedAt: number | null;
  endedAt: number | null;
  progress: StageProgress | null;
  summary: Readonly<Record<string, JsonValue>> | null;
  /** Of the newest session that worked on it; of all of them once it is complete. */
  cost: StageCost | null;
  lastStep: number | null;
}

export interface StageView extends Readonly<StageFacts> {
  readonly curves: ReadonlyMap<string, BoundedCurve>;
}

interface MutableStage extends StageFacts {
  curves: Map<string, BoundedCurve>;
}

export interface RunViewJson {
  readonly stages: Readonly<Record<string, StageFacts & { readonly curves: Record<string, CurveColumns> }>>;
  readonly samples: Readonly<Record<string, ThinnedListJson<RunSample>>>;
  readonly warnings: ThinnedListJson<RunWarning>;
  readonly artifacts: ThinnedListJson<RunArtifact>;
  readonly sessions: readonly { readonly time: number; readonly command: string }[];
  readonly events: number;
}

const samplesPerStage = 256;
const mostWarnings = 512;
const mostArtifacts = 1024;
const mostSessions = 1000;
/** Metric names of a stage; a log that invents a name a step would otherwise grow without end. */
const mostCurves = 500;

/** Of the names of curves whose steps are seconds. */
export const resourcePrefix = 'resources/';

const emptyStage = (): MutableStage => ({
  status: 'running',
  startedAt: null,
  endedAt: null,
  progress: null,
  summary: null,
  cost: null,
  lastStep: null,
  curves: new Map(),
});

export class RunView {
  readonly #stages = new Map<string, MutableStage>();
  readonly #samples = new Map<string, ThinnedList<RunSample>>();
  #warnings = new ThinnedList<RunWarning>(mostWarnings);
  #artifacts = new ThinnedList<RunArtifact>(mostArtifacts);
  #sessions: { time: number; command: string }[] = [];
  #events = 0;

  /** By their names, in the order in which they were first met. */
  get stages(): ReadonlyMap<string, StageView> {
    return this.#stages;
  }

  samplesOf(stage: string): readonly RunSample[] {
    return this.#samples.get(stage)?.items ?? [];
  }

  get warnings(): readonly RunWarning[] {
    return this.#warnings.items;
  }

  /** Those seen, of which the newest are kept. */
  get warningCount(): number {
    return this.#warnings.seen;
  }

  get artifacts(): readonly RunArtifact[] {
    return this.#artifacts.items;
  }

  get sessions(): readonly { readonly time: number; readonly command: string }[] {
    return this.#sessions;
  }

  get events(): number {
    return this.#events;
  }

  apply(event: LoggedEvent): void {
    this.#events++;
    if (event.type === 'session-start') {
      if (this.#sessions.length < mostSessions)
        this.#sessions.push({ time: event.time, command: event.command });
      return;
    }
    const stage = this.#stageFor(event);
    switch (event.type) {
      case 'stage-start':
        stage.status = 'running';
        stage.startedAt ??= event.time;
        stage.endedAt = null;
        return;
      case 'stage-skip':
        stage.status = 'complete';
        stage.summary = event.summary;
        return;
      case 'stage-end':
        stage.status = 'complete';
        stage.endedAt = event.time;
        stage.summary = event.summary;
        stage.cost = costOf(event);
        return;
      case 'resources':
        this.#meter(stage, event);
        stage.cost = costOf(event);
        return;
      case 'progress':
        stage.progress = { done: event.done, total: event.total, unit: event.unit };
        return;
      case 'metric':
        this.#measure(stage, event);
        return;
      case 'sample': {
        const samples = this.#samples.get(event.at) ?? new ThinnedList<RunSample>(samplesPerStage);
        this.#samples.set(event.at, samples);
        const { at, step, time, title, text } = event;
        samples.push({ at, step, time, title, text });
        return;
      }
      case 'warning':
        this.#warnings.push({
          ...{ at: event.at, time: event.time, code: event.code, message: event.message },
          step: stage.lastStep,
        });
        return;
      case 'artifact': {
        const { at, time, key, kind } = event;
        this.#artifacts.push({ at, time, key, kind, step: stage.lastStep });
      }
    }
  }

  /** With `resumed: false` what was said of the stage before no longer counts. */
  #stageFor(event: Exclude<LoggedEvent, { readonly type: 'session-start' }>): MutableStage {
    const known = this.#stages.get(event.at);
    const isAfresh = event.type === 'stage-start' && !event.resumed;
    if (known !== undefined && !isAfresh) return known;
    const stage = emptyStage();
    this.#stages.set(event.at, stage);
    if (isAfresh) {
      this.#samples.delete(event.at);
      this.#warnings.remove(({ at }) => at === event.at);
      this.#artifacts.remove(({ at }) => at === event.at);
    }
    return stage;
  }

  #measure(stage: MutableStage, event: Extract<LoggedEvent, { readonly type: 'metric' }>): void {
    stage.lastStep = Math.max(stage.lastStep ?? event.step, event.step);
    for (const [name, value] of Object.entries(event.values))
      curveOf(stage, name)?.push(event.step, value, event.time);
  }

  /** What the machine did for the stage. The steps of these curves are seconds since it began. */
  #meter(stage: MutableStage, event: Extract<LoggedEvent, { readonly type: 'resources' }>): void {
    const seconds = (event.time - (stage.startedAt ?? event.time)) / 1000;
    const push = (name: string, value: number): void =>
      void curveOf(stage, `${resourcePrefix}${name}`)?.push(seconds, value, event.time);
    push('peak_memory_bytes', event.peakMemoryBytes);
    const before = stage.cost;
    const passed = event.wallSeconds - (before?.wallSeconds ?? 0);
    // A new session begins at zero; moments are too short to tell a share.
    if (before === null || passed < 0.1) return;
    push('processors', ((event.cpuSeconds ?? 0) - (before.cpuSeconds ?? 0)) / passed);
    push('other_processors', ((event.otherCpuSeconds ?? 0) - (before.otherCpuSeconds ?? 0)) / passed);
  }

  toJSON(): RunViewJson {
    return {
      stages: Object.fromEntries(
        [...this.#stages].map(([name, { curves, ...facts }]) => [
          name,
          { ...facts, curves: Object.fromEntries([...curves].map(([key, curve]) => [key, curve.toJSON()])) },
        ]),
      ),
      samples: Object.fromEntries([...this.#samples].map(([name, list]) => [name, list.toJSON()])),
      warnings: this.#warnings.toJSON(),
      artifacts: this.#artifacts.toJSON(),
      sessions: this.#sessions,
      events: this.#events,
    };
  }

  static fromJSON(json: RunViewJson): RunView {
    const view = new RunView();
    for (const [name, { curves, ...facts }] of Object.entries(json.stages)) {
      const read = Object.entries(curves).map(
        ([key, columns]) => [key, BoundedCurve.fromJSON(columns)] as const,
      );
      view.#stages.set(name, { ...facts, curves: new Map(read) });
    }
    for (const [name, list] of Object.entries(json.samples))
      view.#samples.set(name, ThinnedList.fromJSON(list, samplesPerStage));
    view.#warnings = ThinnedList.fromJSON(json.warnings, mostWarnings);
    view.#artifacts = ThinnedList.fromJSON(json.artifacts, mostArtifacts);
    view.#sessions = [...json.sessions];
    view.#events = json.events;
    return view;
  }
}

function curveOf(stage: MutableStage, name: string): BoundedCurve | undefined {
  const known = stage.curves.get(name);
  if (known !== undefined || stage.curves.size === mostCurves) return known;
  const curve = new BoundedCurve();
  stage.curves.set(name, curve);
  return curve;
}

function costOf({
  wallSeconds,
  peakMemoryBytes,
  cpuSeconds,
  otherCpuSeconds,
  processors,
}: StageCost): StageCost {
  return { wallSeconds, peakMemoryBytes, cpuSeconds, otherCpuSeconds, processors };
}
