/** Typed access to a config.json; a missing or ill-typed key is an error that names it. */
import { type JsonValue, LlmError } from '@llm/core';

export class ConfigReader {
  constructor(
    readonly json: Readonly<Record<string, JsonValue>>,
    readonly file: string,
  ) {}

  fail(what: string): never {
    throw new LlmError({
      code: 'model/config-unreadable',
      message: `${this.file} cannot be used as a model configuration: ${what}.`,
      details: { file: this.file },
    });
  }

  /** A finite number. */
  number(key: string, otherwise?: number): number {
    const value = this.json[key] ?? otherwise;
    // JSON has no infinity, but 1e999 is read as one.
    return Number.isFinite(value) ? (value as number) : this.fail(`"${key}" is ${quote(value)}`);
  }

  boolean(key: string, otherwise: boolean): boolean {
    const value = this.json[key] ?? otherwise;
    return typeof value === 'boolean' ? value : this.fail(`"${key}" is ${quote(value)}`);
  }

  /** The value when it is one of `supported`; the first of them when the key is absent. */
  oneOf<T extends string>(key: string, supported: readonly [T, ...T[]]): T {
    const value = this.json[key] ?? supported[0];
    const found = supported.find((option) => option === value);
    return found ?? this.fail(`its ${key} ${quote(value)} is not supported (${supported.join(', ')} are)`);
  }

  /**
   * Refuses each of the named keys that says something else than its value here: it would change what the
   * model computes, and is not computed here. A key that is absent or null, or an empty list or object, says
   * nothing.
   */
  require(values: Readonly<Record<string, JsonValue>>): void {
    for (const [key, supported] of Object.entries(values)) {
      const value = this.json[key] ?? null;
      const isEmpty = typeof value === 'object' && (value === null || Object.keys(value).length === 0);
      if (!isEmpty && value !== supported)
        this.fail(`"${key}" is ${quote(value)}, and only ${quote(supported)} is supported`);
    }
  }

  object(key: string): ConfigReader {
    const value = this.json[key] ?? {};
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.fail(`"${key}" is ${quote(value)}`);
    return new ConfigReader(value as Readonly<Record<string, JsonValue>>, `${this.file} (${key})`);
  }
}

/** Of a value that may be of any size. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
