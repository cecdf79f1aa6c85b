// Slow: every room is opened in Chromium, light and dark, on a phone and wide
/** What holds in every room: no error, no violation of the content policy, none of axe, nothing cut off. */
import { describe, expect, test } from 'vitest';
import { rooms } from '../shell/rooms.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  roomTests,
  settled,
  sizes,
  takePicture,
} from '../testing/room-tests.js';

const tests = roomTests();

describe.skipIf(tests === undefined)('every room', () => {
  test.for(rooms)('$name: phone and wide, light and dark', async ({ name, title }) => {
    const { page, problems } = await tests!.open(`${name}?run=${tests!.id}`);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    for (const size of ['phone', 'wide'] as const) {
      await page.setViewportSize(sizes[size]);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await settled(page);
        await expectNoSidewaysScroll(page);
        await expectAccessible(page, colorScheme === 'dark' ? 'colours' : undefined);
        await takePicture(page, `${name}-${size}-${colorScheme}`);
      }
    }
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('the page is isolated, and nothing but its own scripts may run in it', async () => {
    const { page } = await tests!.open('report');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      try {
        script.textContent = 'window.ran = true';
        document.body.append(script);
      } catch {
        // Trusted Types refuse the text
      }
      try {
        document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">');
      } catch {
        // and markup from a string
      }
      return 'ran' in window;
    });
    expect(ran).toBe(false);
    await tests!.close(page);
  });

  test('by keyboard: the first stop skips to the room, the navigation leads on', async () => {
    const { page } = await tests!.open('report');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the room');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await tests!.close(page);
  });
});
