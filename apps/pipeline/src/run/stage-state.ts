/**
 * `<stage>/stage.json`: what a stage was asked to do and whether it is done. It is written `running` before
 * the stage's first artifact and `complete` after its last, atomically, so that a marker never promises more
 * than the directory holds.
 */
import type { ArtifactStore, JsonValue } from '@llm/core';
import { LlmError } from '@llm/core';

export type StageSummary = Readonly<Record<string, JsonValue>>;

export interface StageState<Summary extends StageSummary = StageSummary> {
  readonly kind: 'llm/stage';
  readonly version: 1;
  readonly stage: string;
  readonly status: 'running' | 'complete';
  /** Digest of `settings` and of the fingerprints of the stages it builds on. */
  readonly fingerprint: string;
  readonly settings: JsonValue;
  /** Only when complete: the figures the report shows, without times. */
  readonly summary?: Summary | undefined;
  /** Only when complete: every file the stage left (key → bytes). */
  readonly artifacts?: Readonly<Record<string, number>> | undefined;
}

export const stageStateKey = (stage: string): string => `${stage}/stage.json`;

/** The marker of a stage, whose summary the caller names. Throws `pipeline/stage-state-invalid`. */
export async function readStageState<Summary extends StageSummary = StageSummary>(
  store: ArtifactStore,
  stage: string,
): Promise<StageState<Summary> | undefined> {
  const key = stageStateKey(stage);
  if (!(await store.has(key))) return undefined;
  const text = new TextDecoder().decode(await store.read(key));
  try {
    const state = JSON.parse(text) as StageState<Summary>;
    if (state.kind === 'llm/stage' && state.version === 1) return state;
  } catch {
    // reported below
  }
  throw new LlmError({
    code: 'pipeline/stage-state-invalid',
    message: `${key} is damaged or was written by another version. Delete the folder "${stage}" of the run to do this stage again.`,
    details: { key },
  });
}

export function writeStageState(store: ArtifactStore, state: StageState): Promise<void> {
  return store.write(
    stageStateKey(state.stage),
    new TextEncoder().encode(`${JSON.stringify(state, null, 2)}\n`),
  );
}
