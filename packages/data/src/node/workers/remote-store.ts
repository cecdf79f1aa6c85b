/** The store of the thread that started a worker, seen from the worker. */
import type { ArtifactStore } from '@llm/core';
import type { FromWorker, StoreMethod, ToWorker } from './messages.js';
import { thrownError } from './plain-error.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class RemoteStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(readonly send: (message: FromWorker) => void) {}

  receive(message: ToWorker): void {
    if (message.kind === 'task') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'stored') waiting?.resolve(message.value);
    else waiting?.reject(thrownError(message.error));
  }

  read(key: string): Promise<Uint8Array> {
    return this.#ask('read', key);
  }

  readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return this.#ask('readRange', key, start, end);
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    return this.#ask('write', key, bytes);
  }

  has(key: string): Promise<boolean> {
    return this.#ask('has', key);
  }

  list(prefix: string): Promise<string[]> {
    return this.#ask('list', prefix);
  }

  delete(key: string): Promise<void> {
    return this.#ask('delete', key);
  }

  #ask<Value>(method: StoreMethod, ...parameters: readonly unknown[]): Promise<Value> {
    const id = this.#asked++;
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.send({ kind: 'store', id, method, parameters });
    });
  }
}

/** Answers what a `RemoteStore` asks. */
export async function answer(
  store: ArtifactStore,
  { method, parameters }: Extract<FromWorker, { kind: 'store' }>,
): Promise<unknown> {
  if (method === 'readRange' && store.readRange === undefined) {
    const [key, start, end] = parameters as [string, number, number];
    return (await store.read(key)).slice(start, end);
  }
  return (store[method] as (...parameters: readonly unknown[]) => Promise<unknown>).apply(store, [
    ...parameters,
  ]);
}
