/**
 * Runs stages in order inside a run directory. Each stage is a function from settings and earlier artifacts
 * to artifacts, so the engine only has to know what is done: a stage whose marker is complete and carries the
 * same fingerprint is skipped; one that was interrupted is called again and continues from what it saved; one
 * whose settings changed after it began is refused, since half of two runs is neither.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArtifactStore,
  type JsonValue,
  LlmError,
  type RunEvent,
  type RunEventListener,
} from '@llm/core';
import { DirectoryStore, removeTemporaryFiles } from '@llm/core/node';
import {
  costOfStage,
  type EventLog,
  type LoggedEvent,
  openEventLog,
  type PackageEvent,
  readEventLog,
  type StageCost,
} from './event-log.js';
import { fingerprint } from './fingerprint.js';
import { startMachineMeter } from './machine-meter.js';
import { settingsDifferences } from './settings-differences.js';
import { checkArtifacts, listArtifacts } from './stage-artifacts.js';
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
  /** Folders inside its own that only a resumption needs; deleted once it is complete. */
  readonly scratch?: readonly string[] | undefined;
  /** What it leaves is for the stages that need it, and may be deleted once they are complete. */
  readonly isDisposable?: boolean | undefined;
  /** One line for the terminal. */
  headline(summary: Summary): string;
}

export interface StageListener {
  stageStarted(stage: Stage, resumed: boolean): void;
  stageSkipped(stage: Stage, summary: StageSummary): void;
  stageFinished(stage: Stage, summary: StageSummary, cost: StageCost): void;
  event(stage: Stage, event: PackageEvent): void;
  /** Everything that is logged, and every progress event, of which the log keeps one a second. */
  logged?(event: LoggedEvent): void;
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
    const changes =
      settingsDifferences(state.settings, stage.settings).join(', ') || 'an earlier stage changed';
    throw new LlmError({
      code: 'pipeline/options-conflict',
      message: `The stage "${stage.name}" of ${directory} has begun with other options or input (${changes}). Use another --run directory, or delete ${join(directory, stage.name)} and the stages after it to redo them.`,
      details: { directory, stage: stage.name },
    });
  }
}

export async function runStages(options: RunStagesOptions): Promise<void> {
  const { directory, listener, stages } = options;
  const plan = planFingerprints(stages);
  await checkConflicts(directory, stages);
  // A killed process may have died in its very first write; nobody else is at work here now.
  await removeTemporaryFiles(directory);
  for (const { name } of stages) await removeTemporaryFiles(join(directory, name), { recursive: true });
  const log = openEventLog(directory);
  const publish = (event: LoggedEvent): void => {
    log.append(event);
    listener.logged?.(event);
  };
  const store = new LoggedStore(directory, log);
  try {
    publish({ type: 'session-start', time: Date.now(), command: options.command });
    const last = stages.findIndex((stage) => stage.name === options.until);
    const summaries = new Map<string, StageSummary>();
    for (const stage of last < 0 ? stages : stages.slice(0, last + 1)) {
      options.signal.throwIfAborted();
      const state = await readStageState(store, stage.name);
      if (state?.status === 'complete') {
        const summary = state.summary ?? {};
        await deleteScratch(directory, stage);
        if (!stage.isDisposable || (await isNeeded(store, stage, stages)))
          await checkArtifacts(store, directory, state);
        summaries.set(stage.name, summary);
        publish({ type: 'stage-skip', ...names(stage), summary });
        listener.stageSkipped(stage, summary);
        continue;
      }
      const resumed = state !== undefined;
      const work = { stage, fingerprint: plan.get(stage.name)!, resumed, store, summaries };
      summaries.set(stage.name, await runStage(work, publish, options));
    }
    log.sync();
  } finally {
    log.close();
  }
}

/**
 * What is durable never outruns the log: figures of steps before a checkpoint are there after a power loss,
 * too.
 */
class LoggedStore extends DirectoryStore {
  readonly #log: EventLog;

  constructor(directory: string, log: EventLog) {
    super(directory);
    this.#log = log;
  }

  override async write(key: string, bytes: Uint8Array): Promise<void> {
    this.#log.sync();
    await super.write(key, bytes);
  }
}

async function isNeeded(store: ArtifactStore, { name }: Stage, stages: readonly Stage[]): Promise<boolean> {
  for (const other of stages) {
    if (other.needs.includes(name) && (await readStageState(store, other.name))?.status !== 'complete')
      return true;
  }
  return false;
}

const names = ({ name }: Stage): { at: string; stage: string; time: number } => ({
  at: name,
  stage: name,
  time: Date.now(),
});

async function deleteScratch(directory: string, { name, scratch = [] }: Stage): Promise<void> {
  for (const folder of scratch) await rm(join(directory, name, folder), { recursive: true, force: true });
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
  publish: (event: LoggedEvent) => void,
  { directory, listener, signal }: RunStagesOptions,
): Promise<StageSummary> {
  const state: StageState = {
    stage: stage.name,
    status: 'running',
    fingerprint: stageFingerprint,
    settings: stage.settings,
  };
  publish({ type: 'stage-start', ...names(stage), resumed });
  if (!resumed) await writeStageState(store, state);
  listener.stageStarted(stage, resumed);

  const meter = startMachineMeter();
  let lastResources = 0;
  const logResources = (): void => {
    lastResources = Date.now();
    publish({ type: 'resources', at: stage.name, time: lastResources, ...meter.read() });
  };
  let lastProgress = 0;
  const onEvent = (event: RunEvent): void => {
    // A package starts and ends its own work, which may be a part of the stage: the stage's start and end are
    // said here.
    if (event.type === 'stage-start' || event.type === 'stage-end') return;
    listener.event(stage, event);
    const logged = { ...event, at: stage.name };
    // Progress is for the eyes: a line a second is enough for the log.
    const isBrief =
      event.type === 'progress' && event.time - lastProgress < 1000 && event.done !== event.total;
    if (isBrief) listener.logged?.(logged);
    else publish(logged);
    if (event.type === 'progress' && !isBrief) lastProgress = event.time;
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
    const artifacts = await listArtifacts(store, stage);
    await writeStageState(store, { ...state, status: 'complete', summary, artifacts });
    await deleteScratch(directory, stage);
    const cost = costOfStage(readEventLog(directory), stage.name);
    publish({ type: 'stage-end', ...names(stage), summary, ...cost });
    listener.stageFinished(stage, summary, cost);
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

/** A part that does not parse was not written by this program to its end; it is computed again. */
async function remember<Value extends JsonValue>(
  store: ArtifactStore,
  key: string,
  compute: () => Promise<Value>,
): Promise<Value> {
  if (await store.has(key)) {
    try {
      return JSON.parse(new TextDecoder().decode(await store.read(key))) as Value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  const text = JSON.stringify(await compute(), null, 1);
  await store.write(key, new TextEncoder().encode(`${text}\n`));
  // Parsed back, so that a resumed run sees exactly what the first one saw (no -0, no undefined).
  return JSON.parse(text) as Value;
}
