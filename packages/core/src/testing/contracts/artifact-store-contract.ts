/** What an `ArtifactStore` must do. */
import type { ArtifactStore } from '../../contracts/artifact-store.js';
import { LlmError } from '../../errors.js';
import type { ContractTools } from './contract-tools.js';

export function artifactStoreContract(
  { test, expect }: ContractTools,
  create: () => Promise<ArtifactStore> | ArtifactStore,
): void {
  test('reads back what was written, lists by prefix in order, deletes', async () => {
    const store = await create();
    await store.write('b/2', Uint8Array.of(2));
    await store.write('b/10', Uint8Array.of(10));
    await store.write('a', Uint8Array.of(1));
    await store.write('a', Uint8Array.of(3));
    expect([...(await store.read('a'))]).toEqual([3]);
    expect(await store.list('b/')).toEqual(['b/10', 'b/2']);
    expect(await store.has('a')).toBe(true);
    await store.delete('a');
    await store.delete('a');
    expect(await store.has('a')).toBe(false);
  });
  test('a part is the part of the whole, and ends where the blob ends', async () => {
    const store = await create();
    await store.write('a', Uint8Array.of(1, 2, 3, 4, 5));
    if (store.size) expect(await store.size('a')).toBe(5);
    if (store.readRange === undefined) return;
    expect([...(await store.readRange('a', 1, 3))]).toEqual([2, 3]);
    expect([...(await store.readRange('a', 3, 99))]).toEqual([4, 5]);
    expect([...(await store.readRange('a', 9, 99))]).toEqual([]);
  });
  test('a missing key and an escaping key are typed errors', async () => {
    const store = await create();
    const codeOf = (work: () => Promise<unknown>): Promise<string> =>
      Promise.resolve()
        .then(work)
        .then(
          () => 'no error',
          (error: unknown) => (LlmError.isInstance(error) ? error.code : String(error)),
        );
    expect(await codeOf(() => store.read('nothing'))).toBe('core/artifact-missing');
    if (store.size) expect(await codeOf(() => store.size!('nothing'))).toBe('core/artifact-missing');
    if (store.readRange)
      expect(await codeOf(() => store.readRange!('nothing', 0, 1))).toBe('core/artifact-missing');
    for (const [start, end] of [
      [-1, 2],
      [2, 1],
      [0.5, 2],
      [0, Number.NaN],
    ] as const)
      if (store.readRange)
        expect(await codeOf(() => store.readRange!('nothing', start, end))).toBe('core/option-invalid');
    expect(await codeOf(() => store.write('../x', Uint8Array.of(1)))).toBe('core/artifact-key-invalid');
    for (const key of ['/etc/passwd', 'a\\b', 'a\0b', 'a\nb'])
      expect(await codeOf(() => store.read(key))).toBe('core/artifact-key-invalid');
  });
}
