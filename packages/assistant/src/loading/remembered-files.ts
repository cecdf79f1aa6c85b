/** What a source consists of, as its server said it last: a model that is here whole needs no network. */
import { type ArtifactStore, emit, LlmError, type RunEventListener } from '@llm/core';
import type { RemoteFile } from './hub-repository.js';
import { plain } from './pieces.js';

const keyOf = (source: string): string => `models/sources/${plain(source)}.json`;

/**
 * What `describe` says; where the server cannot be reached at all, what it said when this was last asked for,
 * with a warning. `source`: the address, with the hub it is on.
 */
export async function describedFiles(
  source: string,
  cache: ArtifactStore,
  onEvent: RunEventListener | undefined,
  describe: () => Promise<readonly RemoteFile[]>,
): Promise<readonly RemoteFile[]> {
  try {
    const files = await describe();
    // Where there is no room the download says so.
    await cache
      .write(keyOf(source), new TextEncoder().encode(JSON.stringify({ version: 1, files })))
      .catch(() => {});
    return files;
  } catch (error) {
    const isOffline =
      LlmError.isInstance(error) &&
      error.code === 'assistant/source-unreachable' &&
      error.cause instanceof TypeError;
    const files = isOffline ? await remembered(source, cache) : undefined;
    if (files === undefined) throw error;
    const message = `${source} cannot be reached; what was fetched earlier is used.`;
    emit(onEvent, { type: 'warning', stage: 'download', code: 'assistant/offline', message });
    return files;
  }
}

async function remembered(source: string, cache: ArtifactStore): Promise<readonly RemoteFile[] | undefined> {
  if (!(await cache.has(keyOf(source)))) return undefined;
  const kept = JSON.parse(new TextDecoder().decode(await cache.read(keyOf(source)))) as {
    readonly version?: unknown;
    readonly files: readonly RemoteFile[];
  };
  return kept.version === 1 ? kept.files : undefined;
}
