/** Pages go through the real steps beside the page, so that it stays smooth. */
import { archivePages, textOfFile } from './archive-pages.js';
import type { JudgeAnswer, JudgeRequest } from './judge-messages.js';
import { contentTypeOf, judgePage } from './page-judge.js';

/** Pages of an archive that can be looked at whole; of the others only the fate is kept. */
const wholePages = 500;

const tell = (answer: JudgeAnswer): void => postMessage(answer);

addEventListener('message', ({ data }: MessageEvent<JudgeRequest>) => {
  work(data).catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});

async function work(request: JudgeRequest): Promise<void> {
  if (request.kind === 'text') {
    const { url, content } = request;
    const page = await judgePage({ url, content, contentType: contentTypeOf('', content), origin: 'pasted' });
    tell({ kind: 'judged', page });
  } else if (/\.w?arc(\.gz)?$/i.test(request.file.name)) {
    await judgeArchive(request.file);
  } else {
    const { name } = request.file;
    const content = textOfFile(new Uint8Array(await request.file.arrayBuffer()));
    const page = await judgePage({
      ...{ url: request.url, content, contentType: contentTypeOf(name, content) },
      origin: `the file ${name}`,
    });
    tell({ kind: 'judged', page });
  }
  tell({ kind: 'done' });
}

async function judgeArchive(file: File): Promise<void> {
  let pages = 0;
  for await (const each of archivePages(file)) {
    if (each.kind === 'none') {
      tell({ kind: 'fate', url: each.url, step: 'reader', reason: each.reason });
      continue;
    }
    const { url, content, contentType } = each.page;
    const page = await judgePage({ url, content, contentType, origin: `${file.name}` });
    if (pages++ < wholePages) tell({ kind: 'judged', page });
    else tell({ kind: 'fate', url, step: page.step, reason: page.reason });
  }
}
