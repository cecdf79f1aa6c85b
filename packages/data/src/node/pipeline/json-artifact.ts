import type { ArtifactStore } from '@llm/core';

/** Undefined when there is no such artifact. */
export async function readJson<Value>(store: ArtifactStore, key: string): Promise<Value | undefined> {
  if (!(await store.has(key))) return undefined;
  return JSON.parse(new TextDecoder().decode(await store.read(key))) as Value;
}

export function writeJson(store: ArtifactStore, key: string, value: unknown, indent?: number): Promise<void> {
  const end = indent === undefined ? '' : '\n';
  return store.write(key, new TextEncoder().encode(JSON.stringify(value, undefined, indent) + end));
}
