/**
 * Runs stages in order inside a run directory. Each stage is a function from settings and earlier artifacts
 * to artifacts, so the engine only has to know what is done: a stage whose marker is complete and carries the
 * same fingerprint is skipped; one that was interrupted is called again and continues from what it saved; one
 * whose settings changed after it began is refused, since half of two runs is neither.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArtifactStore,
  type JsonValue,
  LlmError,
  type RunEvent,
  type RunEventListener,
} from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { costOfStage, type LoggedEvent, openEventLog, readEventLog } from './event-log.js';
import { canonicalJson, fingerprint } from './fingerprint.js';
import { startMemoryMeter } from './memory-meter.js';
import { readStageState, type StageState, type StageSummary, writeStageState } from './stage-state.js';

export interface StageContext {
  readonly directory: string;
  /** Rooted at the run directory: keys start with a stage's name. */
  readonly store: ArtifactStore;
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
  /** Computes a value once per stage: a rerun after a kill reads what was computed. */
  remember<Value extends JsonValue>(name: string, compute: () => Promise<Value>): Promise<Value>;
  /** The summary of an earlier, complete stage. */
  summaryOf(stage: string): StageSummary;
  /** The log so far, for figures that a stage derives from its own metrics. */
  events(): LoggedEvent[];
}

export interface Stage<Summary extends StageSummary = StageSummary> {
  /** The one name of the stage: of its folder, its events, its summary, its command and flags. */
  readonly name: string;
  readonly title: string;
  /** Names of the stages whose output it reads. */
  readonly needs: readonly string[];
  /** Everything besides the earlier stages that decides the output. */
  readonly settings: JsonValue;
  run(context: StageContext): Promise<Summary>;
  /** Deletes what only a resumption would have needed; called once the stage is complete, perhaps again later. */
  cleanUp?(runDirectory: string): Promise<void>;
  /** One line for the terminal. */
  headline(summary: Summary): string;
}

export interface StageListener {
  stageStarted(stage: Stage, resumed: boolean): void;
  stageSkipped(stage: Stage, summary: StageSummary): void;
  stageFinished(
    stage: Stage,
    summary: StageSummary,
    cost: { wallSeconds: number; peakMemoryBytes: number },
  ): void;
  event(stage: Stage, event: RunEvent): void;
}

export interface RunStagesOptions {
  readonly directory: string;
  /** What was typed, for the log. */
  readonly command: string;
  /** In an order in which every stage comes after those it needs. */
  readonly stages: readonly Stage[];
  /** Stop after this stage. Default: run all. */
  readonly until?: string | undefined;
  readonly signal: AbortSignal;
  readonly listener: StageListener;
}

/** Fingerprints by stage name: a digest of the stage's settings and of its predecessors' fingerprints. */
export function planFingerprints(stages: readonly Stage[]): Map<string, string> {
  const plan = new Map<string, string>();
  for (const stage of stages) {
    const needs = stage.needs.map((name) => {
      const needed = plan.get(name);
      if (needed === undefined) throw new Error(`Stage ${stage.name} needs ${name}, which comes later.`);
      return [name, needed];
    });
    plan.set(stage.name, fingerprint({ stage: stage.name, settings: stage.settings, needs }));
  }
  return plan;
}

/** Throws `pipeline/options-conflict` when a stage that has begun would now be asked for something else. */
export async function checkConflicts(directory: string, stages: readonly Stage[]): Promise<void> {
  const store = new DirectoryStore(directory);
  const plan = planFingerprints(stages);
  for (const stage of stages) {
    const state = await readStageState(store, stage.name);
    if (state === undefined || state.fingerprint === plan.get(stage.name)) continue;
    const changes = differences(state.settings, stage.settings).join(', ') || 'an earlier stage changed';
    throw new LlmError({
      code: 'pipeline/options-conflict',
      message: `The stage "${stage.name}" of ${directory} has begun with other options (${changes}). Use another --run directory, or delete ${join(directory, stage.name)} and the stages after it to redo them.`,
      details: { directory, stage: stage.name },
    });
  }
}

export async function runStages(options: RunStagesOptions): Promise<void> {
  const { directory, listener } = options;
  const store = new DirectoryStore(directory);
  const plan = planFingerprints(options.stages);
  await checkConflicts(directory, options.stages);
  const log = openEventLog(directory);
  try {
    log.append({ type: 'session-start', time: Date.now(), command: options.command });
    const last = options.stages.findIndex((stage) => stage.name === options.until);
    const summaries = new Map<string, StageSummary>();
    for (const stage of last < 0 ? options.stages : options.stages.slice(0, last + 1)) {
      options.signal.throwIfAborted();
      const state = await readStageState(store, stage.name);
      if (state?.status === 'complete') {
        await stage.cleanUp?.(directory);
        summaries.set(stage.name, state.summary ?? {});
        listener.stageSkipped(stage, state.summary ?? {});
        continue;
      }
      const resumed = state !== undefined;
      const work = { stage, fingerprint: plan.get(stage.name)!, resumed, store, summaries };
      summaries.set(stage.name, await runStage(work, log.append, options));
    }
  } finally {
    log.close();
  }
}

interface StageWork {
  readonly stage: Stage;
  readonly fingerprint: string;
  readonly resumed: boolean;
  readonly store: DirectoryStore;
  readonly summaries: ReadonlyMap<string, StageSummary>;
}

async function runStage(
  { stage, fingerprint: stageFingerprint, resumed, store, summaries }: StageWork,
  append: (event: LoggedEvent) => void,
  { directory, listener, signal }: RunStagesOptions,
): Promise<StageSummary> {
  const state: StageState = {
    kind: 'llm/stage',
    version: 1,
    stage: stage.name,
    status: 'running',
    fingerprint: stageFingerprint,
    settings: stage.settings,
  };
  append({ type: 'stage-begin', at: stage.name, time: Date.now(), resumed });
  if (resumed) await removeTemporaryFiles(join(directory, stage.name));
  else await writeStageState(store, state);
  listener.stageStarted(stage, resumed);

  const meter = startMemoryMeter();
  const started = performance.now();
  const cost = (): { wallSeconds: number; peakMemoryBytes: number } => ({
    wallSeconds: Math.round(performance.now() - started) / 1000,
    peakMemoryBytes: meter.peak(),
  });
  let lastResources = 0;
  const logResources = (): void => {
    lastResources = Date.now();
    append({ type: 'resources', at: stage.name, time: lastResources, ...cost() });
  };
  let lastProgress = 0;
  const onEvent = (event: RunEvent): void => {
    listener.event(stage, event);
    // Progress is for the eyes: a line a second is enough for the log.
    if (event.type === 'progress' && event.time - lastProgress < 1000 && event.done !== event.total) return;
    if (event.type === 'progress') lastProgress = event.time;
    append({ ...event, at: stage.name });
    if (Date.now() - lastResources > 1000) logResources();
  };
  try {
    const summary = await stage.run({
      directory,
      store,
      signal,
      onEvent,
      remember: (name, compute) => remember(store, `${stage.name}/parts/${name}.json`, compute),
      summaryOf: (name) => summaries.get(name) ?? {},
      events: () => readEventLog(directory),
    });
    logResources();
    await writeStageState(store, { ...state, status: 'complete', summary });
    await stage.cleanUp?.(directory);
    listener.stageFinished(stage, summary, costOfStage(readEventLog(directory), stage.name));
    return summary;
  } catch (error) {
    try {
      logResources();
    } catch {
      // a full disk: the error at hand says more
    }
    throw error;
  }
}

async function remember<Value extends JsonValue>(
  store: ArtifactStore,
  key: string,
  compute: () => Promise<Value>,
): Promise<Value> {
  if (await store.has(key)) return JSON.parse(new TextDecoder().decode(await store.read(key))) as Value;
  const text = JSON.stringify(await compute(), null, 1);
  await store.write(key, new TextEncoder().encode(`${text}\n`));
  // Parsed back, so that a resumed run sees exactly what the first one saw (no -0, no undefined).
  return JSON.parse(text) as Value;
}

/** Half-written files of a killed process. */
async function removeTemporaryFiles(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isFile() && entry.name.endsWith('.tmp')) await rm(join(entry.parentPath, entry.name));
  }
}

/** `pretrain.steps 400 → 500` for every leaf that differs. */
function differences(before: JsonValue, after: JsonValue, path = ''): string[] {
  const isObject = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      differences(before[key] ?? null, after[key] ?? null, path === '' ? key : `${path}.${key}`),
    );
  }
  return canonicalJson(before) === canonicalJson(after)
    ? []
    : [`${path}: ${canonicalJson(before)}, now ${canonicalJson(after)}`];
}
