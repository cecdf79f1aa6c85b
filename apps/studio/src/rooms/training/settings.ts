/** The settings of several runs side by side, those that differ first. */
import type { JsonValue } from '@llm/core';

export interface SettingRow {
  /** `model.depth`. */
  readonly name: string;
  /** One a run; undefined where a run has no such setting. */
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

export function settingRows(options: readonly JsonValue[]): SettingRow[] {
  const flat = options.map((each) => flattened(each));
  const names = [...new Set(flat.flatMap((settings) => [...settings.keys()]))];
  const rows = names.map((name) => {
    const values = flat.map((settings) => settings.get(name));
    return { name, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}

function flattened(value: JsonValue, name = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && value.length === 0)) {
    if (name !== '') into.set(name, Array.isArray(value) ? 'none' : String(value));
    return into;
  }
  for (const [key, each] of Object.entries(value))
    flattened(each, name === '' ? key : `${name}.${key}`, into);
  return into;
}
