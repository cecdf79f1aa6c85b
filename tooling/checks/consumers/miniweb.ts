// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import type { RunEventListener } from '@llm/core';
import { type MiniwebPage, miniwebConversations, miniwebPages, miniwebTasks } from '@llm/miniweb';
import { writeMiniweb } from '@llm/miniweb/node';

export async function use(
  signal: AbortSignal | undefined,
  first: number | undefined,
  split: 'held-out' | undefined,
  onEvent: RunEventListener | undefined,
): Promise<string | undefined> {
  const pages: MiniwebPage[] = [...miniwebPages({ seed: 1, pages: 1, first })];
  miniwebConversations({ seed: 1, count: 1, split, toolShare: first });
  miniwebTasks({ seed: 1, train: 1, heldOut: 1, digits: 2, tools: undefined });
  const files = await writeMiniweb({
    directory: 'crawl',
    seed: 1,
    pages: 1,
    pagesPerFile: first,
    signal,
    onEvent,
  });
  return files.warcs[0] ?? pages[0]?.url;
}
