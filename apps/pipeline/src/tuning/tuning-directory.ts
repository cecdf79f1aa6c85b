/** Where a training of one's own keeps what it needs to go on, beside what it leaves. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonValue, LlmError } from '@llm/core';
import { DirectoryStore, removeTemporaryFiles } from '@llm/core/node';
import { sealedJson, unsealedJson } from '../run/sealed-json.js';
import { settingsDifferences } from '../run/settings-differences.js';
import { quoted } from '../terminal/typed-command.js';

const fileName = 'tuning.json';
const kind = 'llm/tuning';
const measured = 'measured';

/** Whether there is something to resume. */
export const holdsTuning = (path: string): boolean => existsSync(join(path, fileName));

export interface TuningDirectory {
  readonly path: string;
  readonly store: DirectoryStore;
  /** Computes a value once: a training that goes on reads what was computed. */
  remember<Value extends JsonValue>(name: string, compute: () => Promise<Value>): Promise<Value>;
  /**
   * Deletes what a killed training left half written, of its own files and in the `folders` that it fills.
   */
  clearAway(folders: readonly string[]): Promise<void>;
}

/**
 * `settings`: everything that decides the result. Throws `pipeline/tuning-exists` for a directory with a
 * training that is not to be resumed, `pipeline/tuning-missing` where there is none to resume, and
 * `pipeline/options-conflict` for one that was begun with other settings.
 */
export async function openTuningDirectory(
  path: string,
  settings: Readonly<Record<string, JsonValue>>,
  { resume }: { readonly resume: boolean },
): Promise<TuningDirectory> {
  const store = new DirectoryStore(path);
  const file = join(path, fileName);
  const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (known !== undefined && !resume)
    throw new LlmError({
      code: 'pipeline/tuning-exists',
      message: `${path} holds a training already. Go on with it: --resume; or begin another: --out DIR.`,
      details: { path },
    });
  if (known === undefined && resume)
    throw new LlmError({
      code: 'pipeline/tuning-missing',
      message: `There is no training in ${path} to go on with. Name the directory it was begun in with --out, or leave --resume out.`,
      details: { path },
    });
  if (known === undefined) {
    mkdirSync(path, { recursive: true });
    await store.write(fileName, new TextEncoder().encode(sealedJson(kind, { settings })));
  } else checkSettings(path, known, settings);
  return {
    path,
    store,
    remember: async (name, compute) => {
      const key = `${measured}/${name}.json`;
      if (await store.has(key)) return JSON.parse(new TextDecoder().decode(await store.read(key)));
      const value = await compute();
      await store.write(key, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`));
      return value;
    },
    clearAway: async (folders) => {
      await removeTemporaryFiles(path);
      for (const folder of [measured, ...folders])
        await removeTemporaryFiles(join(path, folder), { recursive: true });
    },
  };
}

function checkSettings(path: string, known: string, settings: Readonly<Record<string, JsonValue>>): void {
  const before = unsealedJson<{ readonly settings: JsonValue }>(known, kind)?.settings;
  const changes = before === undefined ? ['tuning.json was changed'] : settingsDifferences(before, settings);
  if (changes.length === 0) return;
  throw new LlmError({
    code: 'pipeline/options-conflict',
    message: `The training in ${quoted(path)} was begun with other options or input (${changes.join(', ')}). Give the same ones, or another --out.`,
    details: { path },
  });
}
