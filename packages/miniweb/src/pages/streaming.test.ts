import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { miniwebPages } from './miniweb-pages.js';

// Slow: webs of growing size are made to see that memory does not grow

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('memory does not grow with the number of pages', () => {
  const heap: number[] = [];
  let index = 0;
  for (const _ of miniwebPages({ seed: 'memory', pages: 800, first: 400 })) {
    index++;
    if (index === 200 || index === 800) {
      collect();
      heap.push(process.memoryUsage().heapUsed);
    }
  }
  // 600 pages hold about 2.5 MB of bodies and as much text; kept, they would show.
  expect(heap[1]! - heap[0]!).toBeLessThan(1_000_000);
});
