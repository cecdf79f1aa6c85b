// Slow: every room by keyboard, with a lost server, a killed run, hostile texts, and 20 times over
/** What no single room is about: that nothing is lost, leaks, traps the keyboard or becomes markup. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { rooms } from '../shell/rooms.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  ownRun,
  roomTests,
  settled,
} from '../testing/room-tests.js';
import { startStudio, testRun } from '../testing/studio-server.js';

const run = process.env.LLM_BROWSER === undefined ? undefined : testRun();
const own = ownRun('craft');
const killed = ownRun('killed');
const evil = '<img src=x onerror="window.ran = true"><script>window.ran = true</script>';
if (run !== undefined) {
  cpSync(run, own, { recursive: true });
  cpSync(run, killed, { recursive: true });
  kill(killed);
}
afterAll(() => {
  for (const folder of [own, killed]) rmSync(folder, { recursive: true });
});
const tests = roomTests();
const go = (page: Page, room: string, id = basename(own)): Promise<unknown> =>
  page.goto(page.url().replace(/#.*|$/, `#/${room}?run=${id}`));

/** As a process leaves a run that is killed while RL practises, on texts of somebody's malice. */
function kill(directory: string): void {
  rmSync(join(directory, 'report.json'));
  rmSync(join(directory, 'rl/stage.json'));
  rmSync(join(directory, 'control'), { recursive: true });
  const log = join(directory, 'events.jsonl');
  const lines = readFileSync(log, 'utf8').split('\n');
  const end = lines.findIndex((line) => line.includes('"type":"stage-end"') && line.includes('"stage":"rl"'));
  const kept = lines.slice(0, end < 0 ? undefined : end).map((line) => {
    if (line.includes('"type":"sample"'))
      return JSON.stringify({ ...JSON.parse(line), prompt: evil, text: evil });
    return line.replaceAll('What is', evil.replaceAll('"', '\\"'));
  });
  const time = Date.now();
  kept.push(
    JSON.stringify({ type: 'warning', at: 'rl', stage: 'rl', time, code: evil, message: evil }),
    JSON.stringify({ type: 'metric', at: 'rl', stage: 'rl', time, step: 9, values: { [evil]: 1 } }),
  );
  writeFileSync(log, `${kept.join('\n')}\n{"type":"metric","at":"rl","sta`);
}

describe.skipIf(tests === undefined)('the house', () => {
  test('a run that was killed, with hostile texts: every room opens, and text stays text', async () => {
    const { page, problems } = await tests!.open(`report?run=${basename(killed)}`);
    await settled(page);
    await page.locator('header').getByText('stopped', { exact: true }).waitFor();
    await page.getByText(evil).first().waitFor();
    for (const { name, title } of rooms) {
      await go(page, name, basename(killed));
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await settled(page);
      const harm = await page.evaluate(
        () => 'ran' in window || document.querySelector('main img, main script') !== null,
      );
      expect([name, harm]).toEqual([name, false]);
    }
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('by keyboard alone each room is reached, gone through and left; twenty more changes leave nothing', async () => {
    const { page, problems } = await tests!.open(`report?run=${basename(own)}`);
    await settled(page);
    for (const { title } of rooms) {
      // From the top: behind the skip link the name, the pickers, then the rooms.
      await page.evaluate(() => document.querySelector<HTMLElement>('a[href], button')?.focus());
      const way = await tabbing(
        page,
        { most: 40, atOnce: 1 },
        (at) => at.text === title && at.place === 'nav',
      );
      expect([title, way.at(-1)?.text]).toEqual([title, title]);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await settled(page);
      // Whoever enters is at the heading, or further in where the room has moved the focus.
      expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
      const seen = await tabbing(page, { most: 400, atOnce: 20 }, (at) => at.place !== 'main');
      expect([title, seen.at(-1)?.place]).not.toEqual([title, 'main']);
      for (const { text, outline, place } of seen)
        if (place === 'main') expect([title, text, outline]).not.toEqual([title, text, 'none']);
    }
    const session = await page.context().newCDPSession(page);
    const names = rooms.map(({ name }) => name);
    const visited = new Set<string>();
    const visit = async (name: string): Promise<void> => {
      await go(page, name);
      await page
        .getByRole('heading', { level: 1, name: rooms.find((room) => room.name === name)!.title })
        .waitFor();
      // Once with the models that come for whoever asks.
      if (name === 'arena' && visited.has(name))
        await page.getByRole('textbox', { name: 'The question to both' }).focus();
      visited.add(name);
      await settled(page);
    };
    // Everywhere it has been by now: what is loaded once stays.
    await visit('report');
    const before = await held(page, session);
    // Ends as it began, so that what the last room leaves until the next one comes is the same.
    for (const name of [...names, ...names, 'report']) await visit(name);
    const after = await held(page, session);
    process.stderr.write(
      `after ${2 * names.length} changes of room: ${((after.heap - before.heap) / 1e6).toFixed(2)} MB more than ${(before.heap / 1e6).toFixed(1)} MB, ${after.nodes - before.nodes} nodes, ${after.workers} workers\n`,
    );
    expect(after.workers).toBe(before.workers);
    expect(after.heap - before.heap).toBeLessThan(2e6);
    // A room has hundreds of them.
    expect(after.nodes - before.nodes).toBeLessThan(300);
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a lost server is said, a vote waits for it, and another tab learns of it', async () => {
    let server = await startStudio(['--run', own]);
    const { url } = server;
    const address = `rollouts?run=${basename(own)}&stage=rl&step=2&rank=1`;
    const { page } = await tests!.open(address, { url });
    await settled(page);
    const other = await page.context().newPage();
    await other.goto(`${url}/#/${address}`);
    await settled(other);
    await other.getByText(/^0 of \d+ pairs/).waitFor();
    await server.stop();
    await page.getByText('The server has been lost').waitFor();
    await page.getByRole('region', { name: 'Two answers' }).focus();
    await page.keyboard.press('1');
    await page.getByText('1 votes are not in the run yet').waitFor();
    const file = join(own, 'preferences/votes.jsonl');
    expect(existsSync(file)).toBe(false);
    // A reload finds no page; the browser still has the vote when there is one again.
    server = await startStudio(['--run', own], { port: Number(new URL(url).port) });
    try {
      await page.reload();
      await settled(page);
      await page.getByText(/^1 of \d+ pairs/).waitFor();
      await expect
        .poll(() => existsSync(file) && readFileSync(file, 'utf8').match(/"kind"/g)?.length)
        .toBe(1);
      await expect.poll(() => page.getByText('not in the run yet').count()).toBe(0);
      await other.getByText('The server has been lost').waitFor({ state: 'hidden' });
      await other.evaluate(() => dispatchEvent(new Event('focus')));
      await other.getByText(/^1 of \d+ pairs/).waitFor();
    } finally {
      await server.stop();
    }
    await page.context().close();
  });

  test('a reload in the middle of an answer: the model is there again, and answers', async () => {
    const { page, problems } = await tests!.open(`chat?run=${basename(own)}&models=sft`);
    const send = async (): Promise<void> => {
      await page.getByText('M parameters on').waitFor();
      await page.getByRole('textbox', { name: 'Your message' }).fill('Who are you?');
      await page.keyboard.press('Enter');
      await page.getByRole('article', { name: 'sft said' }).waitFor();
    };
    await send();
    await page.reload();
    await send();
    await page.getByRole('button', { name: 'Answer again' }).waitFor();
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('wider than this machine only with a token, which the page asks for once', async () => {
    const open = ['--run', own, '--host', '0.0.0.0'];
    const [server, refusal] = await Promise.all([
      startStudio([...open, '--token', 's3cret']),
      startStudio(open).catch(String),
    ]);
    try {
      expect(refusal).toContain('token');
      const url = server.url.replace('0.0.0.0', '127.0.0.1');
      const { page } = await tests!.open(`report?run=${basename(own)}`, { url });
      const token = page.getByLabel('The token');
      await token.fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('This is not the token').waitFor();
      await expectAccessible(page);
      await token.fill('s3cret');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Stage by stage' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Stage by stage' }).waitFor();
      // The stream of events, too.
      await go(page, 'training');
      await settled(page);
      expect(await page.getByText('The server has been lost').count()).toBe(0);
      expect(await page.evaluate(() => document.cookie)).toBe('');
      await tests!.close(page);
    } finally {
      await server.stop();
    }
  });

  test('each figure of the report leads to a room', async () => {
    const { page } = await tests!.open(`report?run=${basename(own)}`);
    await settled(page);
    const figures = page.locator('main dd');
    expect(await figures.count()).toBeGreaterThan(15);
    expect(await figures.filter({ hasNot: page.getByRole('link') }).count()).toBe(0);
    const names = new Set(rooms.map(({ name }) => name));
    const hrefs = await page
      .locator('main dd a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    for (const href of hrefs) expect(names).toContain(/^#\/(\w+)/.exec(href!)?.[1]);
    // What a stage took, too: its memory and processors over time are in Training.
    const costs = page.locator('main .cost');
    expect(await costs.count()).toBeGreaterThan(5);
    expect(await costs.filter({ hasNot: page.getByRole('link') }).count()).toBe(0);
    await costs.last().getByRole('link').click();
    await page.getByRole('group', { name: /^resources\/peak_memory_bytes\. / }).waitFor();
    await tests!.close(page);
  });

  test('report.html on a phone: nothing is cut off, and plots can be read', async () => {
    const { page } = await tests!.open('report', { size: 'phone' });
    await page.goto(`file://${join(own, 'report.html')}`);
    await expectNoSidewaysScroll(page);
    const sizes = await page.locator('svg text').evaluateAll((texts) =>
      texts.map((text) => {
        const svg = (text as SVGTextElement).ownerSVGElement!;
        return (
          Number.parseFloat(getComputedStyle(text).fontSize) *
          (svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)
        );
      }),
    );
    expect(sizes.length).toBeGreaterThan(20);
    expect(Math.min(...sizes)).toBeGreaterThan(11);
    await expectAccessible(page);
    await page.screenshot({ path: 'screenshots/report-html-phone.jpeg', quality: 85 });
    await tests!.close(page);
  });
});

interface Focused {
  readonly place: 'main' | 'nav' | 'header' | 'none';
  readonly text: string;
  readonly outline: string;
}

/**
 * Tab, so often at most, until somebody has come to where they wanted; what came after that is left out.
 * It is looked after so many presses at once where they led: an answer of the browser takes longer.
 */
async function tabbing(
  page: Page,
  { most, atOnce }: { readonly most: number; readonly atOnce: number },
  until: (at: Focused) => boolean,
): Promise<Focused[]> {
  await page.evaluate(() => {
    const way: Focused[] = [];
    const note = (element: Element | null): void => {
      const place = (['main', 'nav', 'header'] as const).find((each) => element?.closest(each));
      way.push({
        place: place ?? 'none',
        text: (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim().slice(0, 60),
        outline: element === null ? 'none' : getComputedStyle(element).outlineStyle,
      });
    };
    // Every key that is let go is a press: also one that led out of the page, or nowhere.
    const heard = (): void => note(document.activeElement);
    const { stopNoting } = window as unknown as { stopNoting?: () => void };
    stopNoting?.();
    addEventListener('keyup', heard, true);
    Object.assign(window, { way, stopNoting: () => removeEventListener('keyup', heard, true) });
  });
  const way = (): Promise<Focused[]> => page.evaluate(() => (window as unknown as { way: Focused[] }).way);
  for (let presses = 0; presses < most; presses += atOnce) {
    for (let press = 0; press < atOnce; press++) await page.keyboard.press('Tab');
    const so = await way();
    const at = so.findIndex(until);
    if (at >= 0) return so.slice(0, at + 1);
  }
  return way();
}

interface Held {
  readonly heap: number;
  readonly nodes: number;
  readonly workers: number;
}

async function held(page: Page, session: CDPSession): Promise<Held> {
  // What is given up is given back in a moment.
  await expect.poll(() => page.workers().length).toBe(0);
  for (let time = 0; time < 3; time++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  return { heap: usedSize, nodes, workers: page.workers().length };
}
