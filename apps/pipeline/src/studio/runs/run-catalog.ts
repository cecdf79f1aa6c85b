/**
 * The runs that are shown: every run directory in `runs/`, and those named on the command line. The page
 * knows them by ids, never by paths, so that no request leads elsewhere.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { type JsonValue, LlmError } from '@llm/core';
import type { RunDetails, RunListing } from '@llm/studio/wire';
import { eventLogName } from '../../run/event-log.js';
import { isWorkedOn } from '../../run/is-worked-on.js';
import { runsDirectory } from '../../run/latest-run.js';
import { FollowedLog } from '../events/followed-log.js';

export interface KnownRun {
  readonly id: string;
  readonly directory: string;
  readonly log: FollowedLog;
}

const stages = ['crawl', 'captures', 'data', 'tokenizer', 'pretrain', 'sft', 'rl', 'control'];
/** Every run has them; the others depend on its input. */
const always = new Set(stages.slice(2));

export class RunCatalog {
  readonly #named: readonly string[];
  readonly #runs = new Map<string, KnownRun>();
  readonly #runsDirectory: string;

  /** `named`: directories of runs that are shown wherever they lie. */
  constructor(named: readonly string[], runs = runsDirectory) {
    this.#named = named.map((directory) => realpathSync(directory));
    this.#runsDirectory = runs;
  }

  /** The newest first. */
  list(): RunListing[] {
    this.#look();
    return [...this.#runs.values()].map(listingOf).sort((a, b) => b.changedAt - a.changedAt);
  }

  /** Throws `pipeline/run-unknown`. */
  find(id: string): KnownRun {
    if (!this.#runs.has(id)) this.#look();
    const run = this.#runs.get(id);
    if (run !== undefined) return run;
    throw new LlmError({
      code: 'pipeline/run-unknown',
      message: `There is no run "${id.slice(0, 100)}" here.`,
    });
  }

  /** The id of a directory that is, or is about to be, a run of `runs/`, or one that is known. */
  idOf(directory: string): string {
    this.#look();
    const real = realpathSync(directory);
    for (const [id, run] of this.#runs) if (run.directory === real) return id;
    return this.#freeId(basename(real));
  }

  /** As it is typed: from where the server was started, if it lies below. Throws `pipeline/run-unknown`. */
  pathOf(id: string): string {
    return shownPath(this.find(id).directory);
  }

  details(id: string): RunDetails {
    const run = this.find(id);
    return {
      ...listingOf(run),
      options: optionsOf(run.directory),
      report: readJson(join(run.directory, 'report.json')) ?? null,
      files: filesOf(run.directory),
    };
  }

  #look(): void {
    const found = new Set(this.#named.filter(isRun));
    if (existsSync(this.#runsDirectory)) {
      for (const name of readdirSync(this.#runsDirectory)) {
        const directory = join(this.#runsDirectory, name);
        if (name !== 'latest' && isRun(directory)) found.add(realpathSync(directory));
      }
    }
    for (const [id, { directory }] of this.#runs) if (!found.delete(directory)) this.#runs.delete(id);
    for (const directory of found) {
      const id = this.#freeId(basename(directory));
      this.#runs.set(id, { id, directory, log: new FollowedLog(join(directory, eventLogName)) });
    }
  }

  #freeId(name: string): string {
    const plain = name.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_') || 'run';
    for (let copy = 1; ; copy++) {
      const id = copy === 1 ? plain : `${plain}-${copy}`;
      if (!this.#runs.has(id)) return id;
    }
  }
}

const isRun = (directory: string): boolean => existsSync(join(directory, 'config.json'));

function listingOf({ id, directory }: KnownRun): RunListing {
  const status = (name: string): 'waiting' | 'running' | 'complete' => {
    const marker = readJson(join(directory, name, 'stage.json')) as { readonly status?: unknown } | undefined;
    return marker === undefined ? 'waiting' : marker?.status === 'complete' ? 'complete' : 'running';
  };
  const begun = stages
    .map((name) => ({ name, status: status(name) }))
    .filter((stage) => stage.status !== 'waiting' || always.has(stage.name));
  const isComplete = begun.every((stage) => stage.status === 'complete');
  const preset = (optionsOf(directory) as { readonly preset?: unknown } | null)?.preset;
  return {
    id,
    path: shownPath(directory),
    state: isWorkedOn(directory) ? 'running' : isComplete ? 'complete' : 'stopped',
    preset: typeof preset === 'string' ? preset : null,
    changedAt: changedAt(directory),
    stages: begun,
  };
}

function shownPath(directory: string): string {
  const shown = relative('.', directory);
  return shown === '' || shown.startsWith('..') ? directory : shown;
}

function changedAt(directory: string): number {
  for (const name of [eventLogName, 'config.json']) {
    const entry = statSync(join(directory, name), { throwIfNoEntry: false });
    if (entry !== undefined) return Math.round(entry.mtimeMs);
  }
  return 0;
}

/** As they are written, whether or not a digest holds: they are shown, not run. */
function optionsOf(directory: string): JsonValue {
  const config = readJson(join(directory, 'config.json')) as { readonly options?: JsonValue } | undefined;
  return config?.options ?? null;
}

function readJson(path: string): JsonValue | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** A run has some dozens; the work of a data stage on many ranks may have more. */
const mostFiles = 2000;

function filesOf(directory: string): { key: string; bytes: number }[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .slice(0, mostFiles)
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const entryNow = statSync(path, { throwIfNoEntry: false });
      const key = relative(directory, path).replaceAll('\\', '/');
      return entryNow === undefined ? [] : [{ key, bytes: entryNow.size }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
