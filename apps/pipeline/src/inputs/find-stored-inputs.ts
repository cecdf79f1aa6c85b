/**
 * Inputs that lie elsewhere (`https:`, `s3:`, `hf:`), named one by one or by pattern: each is asked for once,
 * so that what is not there, not allowed or of another form is said before anything is begun.
 */
import { createHash } from 'node:crypto';
import { LlmError } from '@llm/core';
import { listSources, openSource } from '@llm/data/node';
import { contentProblem, startBytes } from './content-problem.js';
import { type FoundInputs, fittingNames, otherName } from './find-inputs.js';
import { hasField, type InputFile } from './input-file.js';

/** Files that are asked for at once. */
const atOnce = 8;

/** Throws `data/storage-…` and `pipeline/input-format`. */
export async function findStoredInputs(
  kind: InputFile['kind'],
  given: readonly string[],
  field?: string | undefined,
): Promise<FoundInputs> {
  const urls: string[] = [];
  const passedOver: Record<string, number> = {};
  for (const location of given) {
    const found = await listSources(location);
    // What was named is taken whatever it is called.
    const fitting = location.endsWith('/') ? found.filter(({ url }) => fittingNames[kind].test(url)) : found;
    urls.push(...fitting.map(({ url }) => url));
    const others = found.length - fitting.length;
    if (others > 0) passedOver[otherName] = (passedOver[otherName] ?? 0) + others;
  }
  const files: InputFile[] = [];
  const distinct = [...new Set(urls)];
  for (let at = 0; at < distinct.length; at += atOnce)
    files.push(
      ...(await Promise.all(distinct.slice(at, at + atOnce).map((url) => describeStored(kind, url, field)))),
    );
  return { files, passedOver, notes: [] };
}

async function describeStored(
  kind: InputFile['kind'],
  url: string,
  field: string | undefined,
): Promise<InputFile> {
  const source = await openSource(url);
  const start = await source.read(0, startBytes);
  const problem = contentProblem({ kind, field, start, bytes: source.size });
  if (problem !== undefined)
    throw new LlmError({
      code: 'pipeline/input-format',
      message: `Cannot use --${kind} ${url}: ${problem}`,
      details: { path: url, kind },
    });
  const digest = createHash('sha256')
    .update(`${source.size} ${source.version}\n`)
    .update(start)
    .digest('hex');
  return {
    kind,
    // Of the hub with the commit, so that a rerun reads the same.
    path: source.url,
    bytes: source.size,
    modified: 0,
    digest: digest.slice(0, 32),
    ...(field === undefined || !hasField(kind) ? {} : { field }),
  };
}
