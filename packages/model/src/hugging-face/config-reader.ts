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

  number(key: string, otherwise?: number): number {
    const value = this.json[key] ?? otherwise;
    return typeof value === 'number' ? value : this.fail(`"${key}" is ${JSON.stringify(value)}`);
  }

  boolean(key: string, otherwise: boolean): boolean {
    const value = this.json[key] ?? otherwise;
    return typeof value === 'boolean' ? value : this.fail(`"${key}" is ${JSON.stringify(value)}`);
  }

  /** The value when it is one of `supported`; the first of them when the key is absent. */
  oneOf<T extends string>(key: string, supported: readonly [T, ...T[]]): T {
    const value = this.json[key] ?? supported[0];
    const found = supported.find((option) => option === value);
    return (
      found ?? this.fail(`its ${key} ${JSON.stringify(value)} is not supported (${supported.join(', ')} are)`)
    );
  }

  object(key: string): ConfigReader {
    const value = this.json[key] ?? {};
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.fail(`"${key}" is ${JSON.stringify(value)}`);
    return new ConfigReader(value as Readonly<Record<string, JsonValue>>, `${this.file} (${key})`);
  }
}
