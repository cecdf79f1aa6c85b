/**
 * The log of one run, read once for everybody who looks at it and followed while it grows. Each reader takes
 * messages at its own pace: what a slow one missed it gets as one view instead of a growing queue.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { CurveColumns } from '@llm/core';
import { type EventsMessage, type LoggedEvent, RunView, type ViewMessage } from '@llm/studio/wire';
import { type EventBatch, readEvents } from './read-events.js';
import { sampleView } from './sample-view.js';
import { StepIndex, StretchCurves } from './step-index.js';

/** `id`: where a reader goes on (`Last-Event-ID`). */
export type LogMessage =
  | { readonly id: string; readonly event: 'view'; readonly data: ViewMessage }
  | { readonly id: string; readonly event: 'events'; readonly data: EventsMessage };

/** A log of more bytes is shown from samples first. */
const readAtOnce = 24 * 2 ** 20;
/** Who is further behind gets a view. */
const resumedBytes = 2 ** 21;
const pollMilliseconds = 300;

export class FollowedLog {
  readonly #path: string;
  #view = new RunView();
  /** Byte up to which the view holds the log. */
  #offset = 0;
  #size = 0;
  /** Tells one log from another in its place: that of a run made anew in the same directory. */
  #identity = '';
  #reading: Promise<void> | undefined;
  #index = new StepIndex();

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads what the log holds by now. Without a log, or before its first line, the view is empty. */
  async current(): Promise<RunView> {
    await this.#readOn();
    return this.#view;
  }

  /**
   * The curves of a stage from one step to another, finer than the view's, by metric. Only the stretches of
   * the log that hold these steps are read. Throws `pipeline/range-too-wide`.
   */
  async curves(stage: string, from: number, to: number): Promise<Readonly<Record<string, CurveColumns>>> {
    await this.#readOn();
    const curves = new StretchCurves(stage, from, to);
    for (const stretch of this.#index.stretches(stage, from, to))
      for await (const { events } of this.#stretch(stretch.from, stretch.end))
        for (const event of events as readonly LoggedEvent[]) curves.apply(event);
    return curves.columns();
  }

  /**
   * A `view` first (or what followed `lastId`, where that is near the end of this very log), then `events` as
   * they are written, until the signal aborts.
   */
  async *messages(lastId: string | undefined, signal: AbortSignal): AsyncGenerator<LogMessage> {
    const first = await this.#firstLook();
    if (first !== undefined) yield first;
    await this.#readOn();
    let identity = this.#identity;
    let position = this.#positionOf(lastId);
    while (!signal.aborted) {
      if (identity !== this.#identity || this.#offset - (position ?? 0) > resumedBytes) position = undefined;
      identity = this.#identity;
      if (position === undefined) {
        position = this.#offset;
        yield { id: this.#idOf(position), event: 'view', data: { view: this.#view.toJSON(), read: 1 } };
      } else if (position < this.#offset) {
        for await (const { events, end } of this.#stretch(position, this.#offset)) {
          position = end;
          if (events.length > 0) yield { id: this.#idOf(end), event: 'events', data: events };
        }
      }
      if (position >= this.#offset)
        await wait(pollMilliseconds, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#readOn();
    }
  }

  /** Of a long log that nobody has read yet. */
  async #firstLook(): Promise<LogMessage | undefined> {
    const file = await this.#open();
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      if (size - this.#offset < readAtOnce) return undefined;
      const { view, read } = await sampleView(file, size);
      // No place to go on from: whoever is cut off now begins anew.
      return { id: '', event: 'view', data: { view: view.toJSON(), read } };
    } finally {
      await file.close();
    }
  }

  #readOn(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const file = await this.#open();
    try {
      const size = file === undefined ? 0 : (await file.stat()).size;
      const identity = file === undefined || size === 0 ? '' : await identityOf(file);
      if (identity !== this.#identity || size < this.#offset) {
        [this.#view, this.#offset, this.#identity] = [new RunView(), 0, identity];
        this.#index = new StepIndex();
      }
      this.#size = size;
      if (file === undefined || size === this.#offset) return;
      for await (const { events, end } of readEvents(file, this.#offset, size)) {
        for (const event of events) this.#view.apply(event);
        this.#index.add(this.#offset, end, events);
        this.#offset = end;
      }
    } finally {
      await file?.close();
    }
  }

  /** Share of the log that has been read. */
  get read(): number {
    return this.#size === 0 ? 1 : this.#offset / this.#size;
  }

  async *#stretch(from: number, to: number): AsyncGenerator<EventBatch> {
    const file = await this.#open();
    if (file === undefined) return;
    try {
      yield* readEvents(file, from, to);
    } finally {
      await file.close();
    }
  }

  async #open(): Promise<FileHandle | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#path, 'r');
    } catch {
      return undefined;
    }
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  }

  #idOf(position: number): string {
    return `${this.#identity}-${position}`;
  }

  #positionOf(id: string | undefined): number | undefined {
    const [, identity, digits] = /^(\w+)-(\d{1,15})$/.exec(id ?? '') ?? [];
    const position = Number(digits);
    return identity !== this.#identity || digits === undefined || position > this.#offset
      ? undefined
      : position;
  }
}

/** A digest of the first line, which says when the run's first session began. */
async function identityOf(file: FileHandle): Promise<string> {
  const head = Buffer.alloc(256);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const lineEnd = head.subarray(0, bytesRead).indexOf(0x0a);
  const line = head.subarray(0, lineEnd < 0 ? bytesRead : lineEnd);
  return createHash('sha256').update(line).digest('hex').slice(0, 12);
}
