import { describe, expect, it } from 'vitest';
import { inputLabels } from './input-labels.js';

describe('inputLabels', () => {
  it('takes as many directories as it needs', () => {
    expect(inputLabels(['/x/a.warc', '/x/b.warc'])).toEqual(['a.warc', 'b.warc']);
    expect(inputLabels(['/x/a.warc', '/y/a.warc', '/y/c.warc'])).toEqual(['x/a.warc', 'y/a.warc', 'c.warc']);
    expect(inputLabels(['/1/x/a.warc', '/2/x/a.warc'])).toEqual(['1/x/a.warc', '2/x/a.warc']);
  });

  it('numbers the same file given twice', () => {
    const labels = inputLabels(['/x/a.warc', '/x/a.warc']);
    expect(new Set(labels).size).toBe(2);
    expect(inputLabels([])).toEqual([]);
  });
});
