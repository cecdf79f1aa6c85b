import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DirectoryStore } from '@llm/core/node';
import { defaultUrlLists, fineWebSteps } from '@llm/data';
import { loadLanguageIdentifier, runDataPipeline } from '@llm/data/node';
import { miniwebBlocklist } from '@llm/miniweb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';

const seed = 5;
const directory = mkdtempSync(join(tmpdir(), 'llm-data-explain-'));
const run = join(directory, 'run');
const article = `<!doctype html><title>The mill</title><article>${'<p>The mill has one wheel, and the cat of the miller sits on it. It sleeps all day.</p><p>Use { braces } with care.</p>'.repeat(3)}</article>`;

async function llm(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, out: output.out(), err: output.err() };
}

interface Row {
  readonly id: string;
  readonly step: string;
  readonly reason: string;
  readonly url: string;
  readonly offset: number;
  readonly text?: string;
  readonly match?: string;
}
const lines = <Value>(text: string): Value[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Value);
const droppedRows = (of: string): Row[] =>
  lines(gunzipSync(readFileSync(join(of, 'dropped.jsonl.gz'))).toString());

beforeAll(async () => {
  const { code, err } = await llm(
    ...[
      'data',
      '--size',
      '400',
      '--seed',
      String(seed),
      '--run',
      run,
      '--dropped-text',
      '500',
      '--measure-all',
    ],
  );
  expect(err).toContain('data: done');
  expect(code).toBe(0);
}, 180_000);
afterAll(() => rmSync(directory, { recursive: true }));

describe('llm data tune', () => {
  it('decides as a run with these thresholds does, to the last page', { timeout: 180_000 }, async () => {
    const settings = [
      ...['gopher-quality.minAlphabeticShare=0.3', 'gopher-quality.minWords=120', 'c4.minSentences=12'],
      ...['gopher-repetition.topGrams.2=0.3', 'fineweb.maxShortLineShare=0.2', 'language.threshold=0.9'],
    ];
    const { code, out } = await llm('data', 'tune', run, '--decisions', '--set', ...settings);
    expect(code).toBe(0);
    const decisions = lines<{ id: string; was: string; is: string }>(out);
    expect(decisions.filter(({ was, is }) => was !== 'pass' && is === 'pass').length).toBeGreaterThan(1);
    expect(decisions.filter(({ was, is }) => was === 'pass' && is !== 'pass').length).toBeGreaterThan(2);
    expect(
      decisions.filter(({ was, is }) => was !== 'pass' && is !== 'pass' && was !== is).length,
    ).toBeGreaterThan(1);
    const store = new DirectoryStore(directory);
    await runDataPipeline({
      inputs: [{ kind: 'warc', path: join(run, 'crawl', 'miniweb-00000.warc.gz') }],
      ...{ store, prefix: 'again', deduplication: false },
      steps: fineWebSteps({
        url: { ...defaultUrlLists, ...miniwebBlocklist(seed) },
        language: { identifier: await loadLanguageIdentifier(), threshold: 0.9 },
        gopherQuality: { minAlphabeticShare: 0.3, minWords: 120 },
        gopherRepetition: {
          topGrams: [
            [2, 0.3],
            [3, 0.18],
            [4, 0.16],
          ],
        },
        c4: { minSentences: 12 },
        fineWeb: { maxShortLineShare: 0.2 },
      }),
    });
    const fates = new Map(
      droppedRows(join(directory, 'again'))
        .filter(({ step }) => step !== 'reader')
        .map(({ id, step, reason }) => [id, `${step}/${reason}`]),
    );
    for (const { id, is } of decisions) expect(is, id).toBe(fates.get(id) ?? 'pass');
    for (const id of fates.keys()) expect(decisions.map((decision) => decision.id)).toContain(id);
  });

  it('shows what moves, and refuses what moves nothing', async () => {
    const { out } = await llm(
      'data',
      'tune',
      run,
      '--set',
      'gopher-quality.minWords=40000',
      '--samples',
      '2',
    );
    expect(out).toMatch(/pass\s+\d+ →\s+0 {2}-\d+/);
    expect(out).toContain('pass → gopher-quality/gopher_short_doc');
    for (const [setting, said] of [
      ['gopher-quality.minimumWords=3', 'it is no threshold of "gopher-quality"'],
      ['gopher-quality.stopWords=3', 'it is no threshold'],
      ['gopher.minWords=3', 'there is no step "gopher"'],
      ['minhash.least=3', '"minhash" cannot be tuned, because it gives no measures'],
      ['gopher-quality.minWords=many', 'STEP.OPTION=NUMBER'],
    ] as const) {
      const { code, err } = await llm('data', 'tune', run, '--set', setting);
      expect(code).toBe(1);
      expect(err).toContain(said);
    }
    expect((await llm('data', 'tune', directory, '--set', 'a.b=1')).err).toContain('no finished data stage');
  });
});

describe('llm data explain', () => {
  it('finds a page of a run by address, id and offset, and says of it what the run said', async () => {
    const row = droppedRows(join(run, 'data')).find(
      ({ reason }) => reason === 'gopher_below_alpha_threshold',
    )!;
    const warc = `${join(run, 'crawl', 'miniweb-00000.warc.gz')}:${row.offset}`;
    for (const target of [row.url, row.id, warc]) {
      const { out, code } = await llm('data', 'explain', target, '--run', run);
      expect(code).toBe(0);
      expect(out).toContain('gopher-quality: drops it: gopher_below_alpha_threshold');
      expect(out).toMatch(/✗ gopher_below_alpha_threshold +0\.\d+ ≥ 0\.8000 {2}\(minAlphabeticShare\)/);
      expect(out).toMatch(/top_2_gram +0\.\d+ ≤ 0\.2000/);
    }
  }, 60_000);

  it('names the document that a duplicate matched', async () => {
    const row = droppedRows(join(run, 'data')).find(({ step }) => step === 'minhash')!;
    const { out } = await llm('data', 'explain', row.id, '--run', run, '--json');
    expect(JSON.parse(out)).toMatchObject({ verdict: 'keep', duplicate: { of: row.match } });
  }, 60_000);

  it('reads a file with steps of one’s own, and shows what they made of the text', async () => {
    const [page, plan] = [join(directory, 'page.html'), join(directory, 'steps.mjs')];
    writeFileSync(page, article);
    writeFileSync(
      plan,
      `export default [
        { name: 'no-braces', run: ({ text }) => ({ kind: 'keep', text: text.replaceAll('{ braces }', 'braces') }) },
        { name: 'long', run: ({ text }) => { const measures = [{ name: 'too-short', value: text.length, bound: 'least', threshold: 1e6, option: 'least' }];
          return { kind: 'drop', reason: 'too-short', measures }; } },
        { name: 'last', run: () => ({ kind: 'drop', reason: 'fact' }) },
        { name: 'never', run: () => ({ kind: 'keep' }) },
      ];`,
    );
    const { out } = await llm('data', 'explain', page, '--steps', plan);
    expect(out).toMatch(/^ {2}- .*\{ braces \}.*$/m);
    expect(out).toMatch(/too-short +\d+ ≥ 1000000 {2}\(least\)/);
    expect(out).toContain('last: drops it: fact (not reached; asked all the same)');
    expect(out).toContain('never: not reached');
  });

  it('fetches a page, through redirects, by its name', async () => {
    const agents: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      agents.push(request.headers['user-agent']);
      if (request.url === '/gone')
        response.writeHead(404, { 'content-type': 'text/html' }).end('<p>gone</p>');
      else if (request.url === '/') response.writeHead(302, { location: '/mill' }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end(article);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const { out } = await llm('data', 'explain', `http://127.0.0.1:${port}/`, '--json');
      expect(JSON.parse(out)).toMatchObject({
        ...{ url: `http://127.0.0.1:${port}/mill`, verdict: 'drop', step: 'gopher-repetition' },
      });
      expect(agents[0]).toContain('llm-data');
      expect((await llm('data', 'explain', `http://127.0.0.1:${port}/gone`)).out).toContain(
        'reader: drops it: http-status',
      );
    } finally {
      server.close();
    }
  }, 60_000);

  it('says what robots.txt lets a crawler fetch: of a file, of an archive, of the host', async () => {
    const [page, robots, archive] = ['robots.html', 'robots.txt', 'robots.warc'].map((name) =>
      join(directory, name),
    );
    writeFileSync(page!, article);
    writeFileSync(robots!, 'User-agent: CCBot\nDisallow: /private\n\nUser-agent: *\nDisallow:\n');
    const body = 'User-agent: *\nDisallow: /mill\n';
    const http = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    writeFileSync(
      archive!,
      `WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000001-0000-4000-8000-000000000000>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: https://example.org/robots.txt\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: ${http.length}\r\n\r\n${http}\r\n\r\n`,
    );
    const robotsOf = async (...flags: string[]): Promise<string | undefined> =>
      (await llm('data', 'explain', page!, ...flags)).out
        .split('\n')
        .find((line) => line.startsWith('robots:'));
    const [secret, mill] = ['https://example.org/private/x', 'https://example.org/mill'];
    expect(await robotsOf('--url', secret, '--robots', robots!)).toBe(
      `robots: CCBot may not fetch it: Disallow: /private (line 2 of ${robots})`,
    );
    expect(await robotsOf('--url', secret, '--robots', robots!, '--agent', 'other/2')).toMatch(
      /other\/2 may fetch/,
    );
    expect(await robotsOf('--url', mill, '--robots', archive!)).toMatch(/may not .*line 2 of byte 0 of/);
    expect(await robotsOf('--url', mill)).toContain('no robots.txt of its host is known here');
    expect((await llm('data', 'explain', page!, '--robots', robots!)).err).toContain('Give it with --url');
    const server = createServer((request, response) =>
      request.url === '/robots.txt'
        ? response.writeHead(503).end()
        : response.writeHead(200, { 'content-type': 'text/html' }).end(article),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { out } = await llm('data', 'explain', `http://127.0.0.1:${port}/mill`);
    server.close();
    expect(out).toMatch(/robots: CCBot may not fetch it: status 503: nothing may be fetched/);
  }, 60_000);

  it.each([
    ['nothing-here', 'Give an address, a file'],
    ['crawl.warc.gz', 'Give an address, a file'],
  ])('%s: says what it takes', async (target, said) => {
    const { code, err } = await llm('data', 'explain', target);
    expect(code).toBe(1);
    expect(err).toContain(said);
  });
});

describe('llm data inspect', () => {
  it('writes a page with samples of every rule that dropped, and of what was kept', async () => {
    const { code, out } = await llm('data', 'inspect', run, '--samples', '3');
    expect(code).toBe(0);
    const html = readFileSync(out.trim(), 'utf8');
    for (const { step, reason } of droppedRows(join(run, 'data')))
      expect(html).toContain(`${step}/${reason}: `);
    expect(html).toMatch(/class="bad">gopher_below_alpha_threshold: 0\.\d+ ≥ 0\.8000/);
    expect(await llm('data', 'inspect', run, '--samples', '3')).toMatchObject({ code: 0 });
    expect(readFileSync(out.trim(), 'utf8')).toBe(html);
  });
});
