/**
 * `llm studio --export`: the page with runs as a folder that any web server hosts. What the API would
 * read lies there as files (`api/runs.json`, `api/runs/ID/view.json`, …), the runs' own files beside
 * them; what needs a process (starting runs, trying thresholds, reading a page again) says so in the
 * page.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LlmError } from '@llm/core';
import type { RolloutStage } from '@llm/studio/wire';
import type { Hono } from 'hono';
import type { RunCatalog } from '../runs/run-catalog.js';
import { pagePolicy } from './security.js';

/** Left out of the folder: only work that goes on needs them, and what the run was made from. */
const leftOut =
  /^(run\.lock.*|events\.jsonl|crawl\/.*|[a-z]+\/rollouts\/.*|data\/work\/.*|[a-z]+\/checkpoints\/.*|.*\.tmp)$/;

export interface StudioExport {
  readonly runs: readonly string[];
  readonly files: number;
}

/** Throws `pipeline/export-not-empty` for a folder that holds anything but an earlier export. */
export async function exportStudio(
  { app, catalog, site }: { readonly app: Hono; readonly catalog: RunCatalog; readonly site: string },
  runs: readonly string[],
  folder: string,
): Promise<StudioExport> {
  await emptied(folder);
  await cp(site, folder, { recursive: true });
  const page = join(folder, 'index.html');
  await writeFile(page, staticPage(await readFile(page, 'utf8')));
  let files = 0;
  const keep = async (path: string, content: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    files++;
  };
  const answer = async (path: string): Promise<void> => {
    const response = await app.request(`http://localhost/api/${path}`);
    // A run without a data stage has no answer about one.
    if (response.ok) await keep(`api/${path}.json`, new Uint8Array(await response.arrayBuffer()));
  };
  const listed = catalog.list().filter(({ id }) => runs.includes(id));
  await keep('api/runs.json', new TextEncoder().encode(JSON.stringify(listed)));
  for (const { id } of listed) {
    for (const path of ['', '/view', '/data', '/data/measures', '/rollouts', '/votes'])
      await answer(`runs/${id}${path}`);
    const kept = await app.request(`http://localhost/api/runs/${id}/rollouts`);
    for (const { stage, steps } of (await kept.json()) as RolloutStage[])
      for (const step of steps) await answer(`runs/${id}/rollouts/${stage}/${step}`);
    const { directory } = catalog.find(id);
    for (const { key } of catalog.details(id).files) {
      if (leftOut.test(key)) continue;
      await keep(`api/runs/${id}/files/${key}`, await readFile(join(directory, key)));
    }
  }
  return { runs: listed.map(({ id }) => id), files };
}

const marker = '<meta name="studio" content="static" />';

/** Says that there is no server, and has the content policy that a server would send. */
function staticPage(page: string): string {
  // A page cannot say this of itself.
  const policy = pagePolicy.replace(/frame-ancestors [^;]*; /, '');
  const head = `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />\n    ${marker}`;
  return page.replace('<head>', head);
}

async function emptied(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  if (names.length === 0) return;
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => '');
  if (!page.includes(marker))
    throw new LlmError({
      code: 'pipeline/export-not-empty',
      message: `${folder} holds something else than an earlier export. Choose an empty folder.`,
      details: { folder },
    });
  for (const name of names) await rm(join(folder, name), { recursive: true });
}
