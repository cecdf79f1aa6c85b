/** The reports of `llm lab` that lie in a run. */
import { ask } from '../../store/ask.js';
import type { RunDetails } from '../../wire/index.js';
import { isLabReport, type LabReport } from '../../wire/lab-report.js';

export interface Lesson {
  /** Of its folder, and in addresses. */
  readonly name: string;
  /** Undefined: it was written by another version, or is no report. */
  readonly report: LabReport | undefined;
}

export function lessonNames(files: RunDetails['files']): string[] {
  return files
    .flatMap(({ key }) => /^lab\/([\w.-]+)\/report\.json$/.exec(key)?.[1] ?? [])
    .sort((a, b) => (a < b ? -1 : 1));
}

/** Experiments that have computed something and said nothing yet. */
export function begunLessons(files: RunDetails['files']): string[] {
  const done = new Set(lessonNames(files));
  const begun = files.flatMap(({ key }) => /^lab\/([\w.-]+)\//.exec(key)?.[1] ?? []);
  return [...new Set(begun)].filter((name) => !done.has(name)).sort((a, b) => (a < b ? -1 : 1));
}

export function readLessons(run: string, names: readonly string[], signal: AbortSignal): Promise<Lesson[]> {
  return Promise.all(
    names.map(async (name) => {
      const found: unknown = await ask(`runs/${run}/files/lab/${name}/report.json`, { signal }).catch(
        (error: unknown) => {
          // One that is half written does not keep the others from being read.
          if (error instanceof SyntaxError) return undefined;
          throw error;
        },
      );
      return { name, report: isLabReport(found) ? found : undefined };
    }),
  );
}
