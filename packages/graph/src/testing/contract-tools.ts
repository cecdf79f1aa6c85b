/** The part of a test runner the suites need, passed in so that this package depends on none. */
export interface Matchers {
  toEqual(expected: unknown): void;
  toBe(expected: unknown): void;
  toBeLessThan(expected: number): void;
}

export interface ContractTools {
  test(name: string, body: () => Promise<void> | void): unknown;
  expect(actual: unknown, message?: string): Matchers;
}
