/**
 * Pages that were given up with the worker that was at them: kept beside the unit, so that it goes on behind.
 */
import type { ArtifactStore } from '@llm/core';
import { readJson, writeJson } from './json-artifact.js';

export interface StuckPage {
  readonly item: number;
  /** 0: the reader; from 1: the steps in their order, and after them the deduplication keys. */
  readonly step: number;
  /** `timeout`, `memory` or `crash`. */
  readonly reason: string;
}

const key = (place: string): string => `${place}/stuck.json`;

export async function readStuckPages(
  store: ArtifactStore,
  place: string,
): Promise<ReadonlyMap<number, StuckPage>> {
  const pages = (await readJson<readonly StuckPage[]>(store, key(place))) ?? [];
  return new Map(pages.map((page) => [page.item, page]));
}

export async function addStuckPage(store: ArtifactStore, place: string, page: StuckPage): Promise<void> {
  const pages = new Map(await readStuckPages(store, place)).set(page.item, page);
  await writeJson(store, key(place), [...pages.values()]);
}
