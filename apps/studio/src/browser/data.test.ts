// Slow: opens the room in Chromium over a real run, and puts a WARC through the steps in the page
/**
 * The fates that are shown are those of the run's report; a hostile page stays text; the steps run in
 * the page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectAccessible, roomTests, settled, takePicture } from '../testing/room-tests.js';

const tests = roomTests();

interface DataReport {
  readonly pages: number;
  readonly kept: number;
  readonly funnel: readonly { readonly step: string; readonly entered: number; readonly left: number }[];
  readonly dropped: Readonly<Record<string, number>>;
}

const report = (): DataReport =>
  JSON.parse(readFileSync(join(tests!.run, 'report.json'), 'utf8')).stages.data as DataReport;

const hostile = `<!doctype html><html><head><title>x</title><script>parent.ran = true</script></head>
<body onload="parent.ran = true"><img src=x onerror="parent.ran = true"><svg onload="parent.ran = true"></svg>
<p>Buy now </p>${'<p>The river runs through the town and the people of the town like to walk along it in the evening.</p>'.repeat(20)}
<a href="javascript:parent.ran = true">x</a><style>body { background: url(/api/runs) }</style></body></html>`;

describe.skipIf(tests === undefined)('the data room', () => {
  test('the funnel is the report’s, and a reason leads to what it dropped', async () => {
    const { page, problems } = await tests!.open(`data?run=${tests!.id}`);
    await settled(page);
    const { pages, kept, funnel } = report();
    await page.getByText(`${kept} of ${pages} pages were kept`).waitFor();
    for (const { step, entered, left } of funnel) {
      const row = page
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading', { name: step, exact: true }) });
      expect(await row.first().textContent()).toContain(`${left} of ${entered} left it`);
    }
    await page.getByRole('link', { name: 'gopher_too_many_bullets' }).click();
    await page.getByText('dropped 2 pages').waitFor();
    await page
      .getByRole('link', { name: /^Its whole way/ })
      .first()
      .click();
    await page.getByText('Dropped by gopher-quality: gopher_too_many_bullets').waitFor();
    await page.getByRole('heading', { name: 'gopher-quality: drops it (gopher_too_many_bullets)' }).waitFor();
    await expectAccessible(page);
    await takePicture(page, 'data-page');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('another threshold changes counts as llm data tune says, by keyboard', async () => {
    const { page, problems } = await tests!.open(
      `data?run=${tests!.id}&show=thresholds&threshold=gopher-quality.minWords`,
    );
    await settled(page);
    const slider = page.getByRole('slider', { name: /^Threshold of/ });
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByRole('heading', { name: /pages pass\s*\(\d+ as it was\)/ }).waitFor();
    const asked = new URL(page.url().replace('#/', '')).searchParams.get('set')!;
    const answer = await fetch(
      `${tests!.server.url}/api/runs/${tests!.id}/data/tune?set=${encodeURIComponent(asked)}`,
    );
    const { after, before } = (await answer.json()) as Record<'after' | 'before', Record<string, number>>;
    expect(after.pass).toBeGreaterThan(before.pass!);
    await page.getByText(`${after.pass} of`, { exact: false }).first().waitFor();
    await expectAccessible(page);
    await takePicture(page, 'data-thresholds');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a page that is pasted goes through the steps, and nothing in it runs', async () => {
    const { page, problems } = await tests!.open(`data?run=${tests!.id}&show=own`);
    await settled(page);
    await page.getByRole('textbox', { name: 'HTML or text' }).fill(hostile);
    await page.getByRole('button', { name: 'What happens to it?' }).click();
    await page.getByRole('heading', { name: 'Step by step' }).waitFor();
    const text = await page.getByRole('region', { name: 'Text that was made of it' }).textContent();
    expect(text).toContain('The river runs through the town');
    expect(text).not.toContain('<p>');
    await expectAccessible(page);
    await takePicture(page, 'data-own');
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    // What the frame of the rendered page refuses is told on the console; the page itself has no fault.
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a WARC that is dropped has the fates that the run gave it, but for language and repeats', async () => {
    const { page, problems } = await tests!.open(`data?run=${tests!.id}&show=own`);
    await settled(page);
    await page.setInputFiles('input[type=file]', join(tests!.run, 'crawl/miniweb-00000.warc.gz'));
    const status = page.getByText(/pages kept\./);
    await status.waitFor();
    const [, shownKept, shownPages] = /([\d,]+) of ([\d,]+) pages kept/.exec((await status.textContent())!)!;
    const { pages, kept, dropped, funnel } = report();
    // Records that are no response are no pages here; those of other languages meet the rules of English.
    expect(Number(shownPages)).toBe(pages - (dropped['not-response'] ?? 0));
    const repeats = funnel
      .filter(({ step }) => step === 'minhash')
      .reduce((sum, { entered, left }) => sum + entered - left, 0);
    expect(Number(shownKept)).toBeGreaterThanOrEqual(kept);
    expect(Number(shownKept)).toBeLessThanOrEqual(
      kept + repeats + (dropped['not-selected'] ?? 0) + (dropped['low-score'] ?? 0),
    );
    await takePicture(page, 'data-warc');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });
});
