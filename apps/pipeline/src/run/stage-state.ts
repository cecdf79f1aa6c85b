/**
 * `<stage>/stage.json`: what a stage was asked to do and whether it is done. It is written `running` before
 * the stage's first artifact and `complete` after its last, atomically, so that a marker never promises more
 * than the directory holds.
 */
import type { ArtifactStore, JsonValue } from '@llm/core';
import { LlmError } from '@llm/core';
import { sealedJson, unsealedJson } from './sealed-json.js';

export type StageSummary = Readonly<Record<string, JsonValue>>;

export interface StageState<Summary extends StageSummary = StageSummary> {
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

const kind = 'llm/stage';

export const stageStateKey = (stage: string): string => `${stage}/stage.json`;

/** The marker of a stage, whose summary the caller names. Throws `pipeline/stage-state-invalid`. */
export async function readStageState<Summary extends StageSummary = StageSummary>(
  store: ArtifactStore,
  stage: string,
): Promise<StageState<Summary> | undefined> {
  const key = stageStateKey(stage);
  if (!(await store.has(key))) return undefined;
  const text = new TextDecoder().decode(await store.read(key));
  const state = unsealedJson<StageState<Summary>>(text, kind);
  if (state !== undefined) return state;
  throw new LlmError({
    code: 'pipeline/stage-state-invalid',
    message: `${key} is damaged, was changed by hand, or was written by another version. Delete the folder "${stage}" of the run to do this stage again.`,
    details: { key },
  });
}

export function writeStageState(store: ArtifactStore, state: StageState): Promise<void> {
  return store.write(stageStateKey(state.stage), new TextEncoder().encode(sealedJson(kind, state)));
}
