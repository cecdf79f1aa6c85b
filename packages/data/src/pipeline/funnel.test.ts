import { describe, expect, it } from 'vitest';
import { Funnel, type FunnelStep } from './funnel.js';

describe('Funnel', () => {
  it('counts what entered, left and was dropped, in the order of the steps', () => {
    const funnel = new Funnel(['reader', 'url', 'c4', 'minhash']);
    expect(funnel.steps()).toEqual([]);
    funnel.count('url', 'domain');
    for (let page = 0; page < 3; page++) funnel.count('reader');
    funnel.count('reader', 'not-html');
    funnel.count('reader', 'http-status', 2);
    funnel.count('url', undefined, 2);
    expect(funnel.steps()).toEqual([
      { step: 'reader', entered: 6, left: 3, dropped: { 'http-status': 2, 'not-html': 1 } },
      { step: 'url', entered: 3, left: 2, dropped: { domain: 1 } },
    ]);
    expect(Object.keys(funnel.steps()[0]?.dropped ?? {})).toEqual(['http-status', 'not-html']);
  });

  it('adds the rows of another funnel', () => {
    const total = new Funnel(['reader', 'url', 'c4', 'minhash']);
    const rows: FunnelStep[] = [
      { step: 'c4', entered: 5, left: 3, dropped: { curly_bracket: 2 } },
      { step: 'minhash', entered: 3, left: 0, dropped: { duplicate: 3 } },
    ];
    total.add(rows);
    expect(total.steps()).toEqual(rows);
    total.add(rows);
    total.count('c4', 'lorem_ipsum');
    expect(total.steps()).toEqual([
      { step: 'c4', entered: 11, left: 6, dropped: { curly_bracket: 4, lorem_ipsum: 1 } },
      { step: 'minhash', entered: 6, left: 0, dropped: { duplicate: 6 } },
    ]);
  });
});
