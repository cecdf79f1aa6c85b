/** `llm studio`: the page over the runs of this machine, and a server for it, until a signal stops it. */
import type { Assistant } from '@llm/assistant';
import { serve } from '@llm/assistant/server/node';
import { LlmError } from '@llm/core';
import { findModel, type ModelFlags, openAssistant } from '../models/model-source.js';
import { existingRunDirectory } from '../run/run-directory.js';
import { JobRunner } from '../studio/jobs/job-runner.js';
import { RunCatalog } from '../studio/runs/run-catalog.js';
import { builtSite } from '../studio/server/built-site.js';
import { createStudio } from '../studio/server/create-studio.js';
import { exportStudio } from '../studio/server/export-studio.js';
import { jobRoutes } from '../studio/server/job-routes.js';
import { labRoutes } from '../studio/server/lab-routes.js';
import { modelRoutes } from '../studio/server/model-routes.js';
import { openInBrowser } from '../studio/server/open-in-browser.js';
import { tokenCookie } from '../studio/server/token-door.js';
import { uploadRoutes } from '../studio/server/upload-routes.js';
import { describeError } from '../terminal/describe-error.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';

export interface StudioFlags extends Omit<ModelFlags, 'model' | 'run'> {
  readonly run?: readonly string[] | undefined;
  readonly model?: readonly string[] | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly token?: string | undefined;
  readonly open?: boolean | undefined;
  readonly export?: string | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

export async function openStudio(flags: StudioFlags, output: Output): Promise<void> {
  const { json = false, verbose = false } = flags;
  const named = (flags.run ?? []).map(existingRunDirectory);
  const catalog = new RunCatalog(named);
  if (flags.export !== undefined) {
    await exportRuns(flags, catalog, output);
    return;
  }
  const jobs = new JobRunner(catalog);
  const assistants: Assistant[] = [];
  try {
    for (const model of flags.model ?? []) {
      const found = await findModel({ ...flags, run: undefined, model });
      if (!json) output.stderr.write(`loading ${shownLine(found.title)} …\n`);
      assistants.push(await openAssistant(found, { ...flags, run: undefined, model }));
    }
    const server = await serve({
      assistants,
      pages: createStudio({
        catalog,
        site: builtSite(),
        token: flags.token,
        routes: [
          ...[...jobRoutes(jobs, catalog), ...labRoutes(jobs)],
          ...[...uploadRoutes(), ...modelRoutes(assistants)],
        ],
      }),
      host: flags.host,
      port: flags.port ?? 8090,
      token: flags.token,
      tokenCookie,
      graceSeconds: 2,
      stopOn: ['SIGINT', 'SIGTERM'],
      onError: (error, route) =>
        output.stderr.write(`${shownLine(route)}: ${describeError(error, verbose)}\n`),
    });
    const models = assistants.map(({ name }) => name);
    if (json) output.stdout.write(jsonLine({ url: server.url, models }));
    else output.stdout.write(ready(server.url, flags.token, catalog));
    if (flags.open === true) openInBrowser(withToken(server.url, flags.token));
    await server.stopped;
  } finally {
    await jobs.close();
    for (const assistant of assistants) await assistant.dispose();
  }
}

function ready(url: string, token: string | undefined, catalog: RunCatalog): string {
  const shows = `${url} shows ${runCount(catalog)}; Ctrl-C stops it\n`;
  return token === undefined ? shows : `${shows}  ${withToken(url, token)} lets a browser in\n`;
}

const withToken = (url: string, token: string | undefined): string =>
  token === undefined ? url : `${url}/?token=${encodeURIComponent(token)}`;

function runCount(catalog: RunCatalog): string {
  const runs = catalog.list();
  const newest = runs[0];
  if (newest === undefined) return 'no run yet: start one in the page';
  return `${runs.length === 1 ? 'the run' : `${runs.length} runs, the newest`} ${shownLine(newest.path)}`;
}

/** The runs that were named, or the newest. */
async function exportRuns(
  { export: folder = '', run, model, json, host, token }: StudioFlags,
  catalog: RunCatalog,
  output: Output,
): Promise<void> {
  for (const [flag, value] of Object.entries({ host, token }))
    if (value !== undefined)
      throw new LlmError({
        code: 'pipeline/flag-without-effect',
        message: `--${flag} belongs to a server; --export writes files.`,
      });
  if (model !== undefined)
    throw new LlmError({
      code: 'pipeline/flag-without-effect',
      message: '--model belongs to a server; --export copies the models of the runs with them.',
    });
  const listed = catalog.list();
  const chosen =
    run?.map((directory) => catalog.idOf(existingRunDirectory(directory))) ??
    listed.slice(0, 1).map(({ id }) => id);
  const site = builtSite();
  const exported = await exportStudio({ app: createStudio({ catalog }), catalog, site }, chosen, folder);
  if (json === true) output.stdout.write(jsonLine({ folder, ...exported }));
  else
    output.stdout.write(
      `${shownLine(folder)} holds the page with ${exported.runs.map(shownLine).join(', ') || 'no run'}: any web server can host it\n`,
    );
}
