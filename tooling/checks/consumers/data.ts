// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import type { ArtifactStore, RunEventListener } from '@llm/core';
import { extractText, fineWebSteps, Page, removePii, type Verdict } from '@llm/data';
import { readArchive, runDataPipeline } from '@llm/data/node';

export async function use(
  signal: AbortSignal | undefined,
  onEvent: RunEventListener | undefined,
  store: ArtifactStore,
  preset: 'fineweb-v1' | undefined,
  onBytes: ((bytes: number) => void) | undefined,
  contentType: string | undefined,
): Promise<number> {
  const steps = fineWebSteps({
    preset,
    c4: undefined,
    language: false,
    url: undefined,
    extraction: undefined,
  });
  const page = new Page({ content: '<p>text</p>', contentType, url: contentType });
  const verdict: Verdict | undefined = await steps[0]?.run(page);
  const report = await runDataPipeline({
    inputs: [],
    store,
    prefix: 'data',
    steps,
    signal,
    onEvent,
    pii: undefined,
  });
  for await (const record of readArchive('file.warc', { onBytes })) if (record !== undefined) break;
  return (
    report.pages +
    extractText('<p>a</p>').kind.length +
    removePii('a', undefined).text.length +
    (verdict ? 1 : 0)
  );
}
