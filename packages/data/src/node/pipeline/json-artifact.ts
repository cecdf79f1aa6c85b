import type { ArtifactStore } from '@llm/core';

/**
 * Undefined when there is no such artifact, or one that a power
 * loss left empty or cut: what it stands for is done again.
 */
export async function readJson<Value>(store: ArtifactStore, key: string): Promise<Value | undefined> {
  if (!(await store.has(key))) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await store.read(key))) as Value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function writeJson(store: ArtifactStore, key: string, value: unknown, indent?: number): Promise<void> {
  const end = indent === undefined ? '' : '\n';
  return store.write(key, new TextEncoder().encode(JSON.stringify(value, undefined, indent) + end));
}
