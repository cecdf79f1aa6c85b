/**
 * Contract suites: what every implementation of an interface must do, the fakes included. They take the test
 * runner's `test` and `expect`, so this package depends on none:
 *
 *     tokenizerContract({ test, expect }, () => new ByteTokenizer());
 */
interface Matchers {
  toEqual(expected: unknown): void;
  toBe(expected: unknown): void;
  toBeLessThan(expected: number): void;
  toBeLessThanOrEqual(expected: number): void;
  toBeGreaterThanOrEqual(expected: number): void;
}

export interface ContractTools {
  test(name: string, body: () => Promise<void> | void): unknown;
  expect(actual: unknown, message?: string): Matchers;
}
