import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MemberInflater } from './member-inflater.js';

const limit = 3 << 20;
const behind = Buffer.alloc(9, 7);

test('members of all sizes up to the limit, one after the other, into the same memory', () => {
  const inflater = new MemberInflater(limit);
  const sizes = [0, 1, 70_000, 1 << 20, (1 << 20) + 1, limit, 5, limit + 1, 0, 2 << 20, 3 << 21, 17];
  for (const size of sizes) {
    const content = size % 2 === 0 ? Buffer.alloc(size, 'abc') : randomBytes(size);
    const deflated = deflateRawSync(content);
    const found = inflater.inflate(Buffer.concat([deflated, behind]));
    expect(found?.consumed).toBe(size > limit ? undefined : deflated.length);
    if (found !== undefined) expect(content.equals(found.bytes)).toBe(true);
    // Cut, damaged, and without a byte behind it that would show where it ends.
    expect(inflater.inflate(deflated.subarray(0, deflated.length - 1))).toBeUndefined();
    expect(inflater.inflate(Buffer.concat([Buffer.from([0xff]), deflated, behind]))).toBeUndefined();
    expect(inflater.inflate(deflated)).toBeUndefined();
  }
  inflater.close();
});
