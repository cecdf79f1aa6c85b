/**
 * One run as the page knows it: its events, fed by the server's stream while somebody looks, and its details.
 * Every value handed out is a new one, so that whatever is derived from it is drawn again when events come.
 */
import type { CurveColumns } from '@llm/core';
import {
  type EventsMessage,
  type LoggedEvent,
  type RunArtifact,
  type RunDetails,
  type RunSample,
  RunView,
  type RunWarning,
  type StageView,
  type ViewMessage,
} from '../wire/index.js';
import { apiUrl, ask } from './ask.js';
import { Loaded } from './loaded.svelte.js';
import { isStatic } from './site.js';

export interface NamedStage extends Omit<StageView, 'curves'> {
  readonly name: string;
}

/** After a failure that the browser does not try again by itself. */
const retryMilliseconds = 2000;

export class RunStore {
  readonly id: string;
  readonly details: Loaded<RunDetails>;
  /** `waiting`: nothing has come yet. `lost`: the stream broke, and is tried again. */
  connection = $state<'waiting' | 'live' | 'lost'>('waiting');
  /** Share of the log that the view is made of; below 1 it is a first look. */
  read = $state(0);
  #view = new RunView();
  #version = $state(0);
  #closer = $state.raw<{ readonly stage: string; readonly curves: Readonly<Record<string, CurveColumns>> }>();
  #lookers = 0;
  #lastId = '';
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string) {
    this.id = id;
    this.details = new Loaded((signal) => ask<RunDetails>(`runs/${id}`, { signal }));
  }

  /** Follows the events until the result is called; made for `$effect(() => run.follow())`. */
  follow(): () => void {
    if (isStatic) return this.look();
    if (++this.#lookers === 1) {
      this.#connect();
      document.addEventListener('visibilitychange', this.#seenOrNot);
    }
    return () => {
      if (--this.#lookers > 0) return;
      document.removeEventListener('visibilitychange', this.#seenOrNot);
      this.#disconnect();
    };
  }

  /** Reads once what the run wrote down, for one that is not followed; made for `$effect` as `follow`. */
  look(): () => void {
    const left = new AbortController();
    if (this.read === 0)
      ask<ViewMessage>(`runs/${this.id}/view`, { signal: left.signal }).then(
        ({ view, read }) => {
          if (this.#source !== undefined) return;
          this.#view = RunView.fromJSON(view);
          this.read = read;
          this.#version++;
        },
        () => {
          if (!left.signal.aborted) this.connection = 'lost';
        },
      );
    return () => left.abort();
  }

  stages(): readonly NamedStage[] {
    return [...this.#current().stages].map(([name, { curves: _, ...stage }]) => ({ name, ...stage }));
  }

  stage(name: string): NamedStage | undefined {
    return this.stages().find((stage) => stage.name === name);
  }

  metrics(stage: string): readonly string[] {
    return [...(this.#current().stages.get(stage)?.curves.keys() ?? [])];
  }

  curve(stage: string, metric: string): CurveColumns | undefined {
    return this.#current().stages.get(stage)?.curves.get(metric)?.toJSON();
  }

  /** Of the steps that were asked for by `lookCloser`; undefined where the view is as fine. */
  finer(stage: string, metric: string): CurveColumns | undefined {
    return this.#closer?.stage === stage ? this.#closer.curves[metric] : undefined;
  }

  /** Asks for the curves between two steps, where the view has merged them; the last answer stays. */
  async lookCloser(stage: string, from: number, to: number, signal: AbortSignal): Promise<void> {
    const isMerged = [...(this.#current().stages.get(stage)?.curves.values() ?? [])].some(
      (curve) => curve.toJSON().pointsPerBucket > 1,
    );
    if (isStatic || !isMerged) return;
    const query = new URLSearchParams({ stage, from: String(Math.floor(from)), to: String(Math.ceil(to)) });
    try {
      const curves = await ask<Readonly<Record<string, CurveColumns>>>(`runs/${this.id}/curves?${query}`, {
        signal,
      });
      if (!signal.aborted) this.#closer = { stage, curves };
    } catch {
      // Too wide to be read again, or the server is gone: what is there is shown.
    }
  }

  samples(stage: string): readonly RunSample[] {
    return [...this.#current().samplesOf(stage)];
  }

  warnings(): readonly RunWarning[] {
    return [...this.#current().warnings];
  }

  artifacts(): readonly RunArtifact[] {
    return [...this.#current().artifacts];
  }

  #current(): RunView {
    // Read, so that whoever asks is told of the next change.
    void this.#version;
    return this.#view;
  }

  readonly #seenOrNot = (): void => {
    // A browser has six connections to a server for all its tabs together: hidden ones give theirs back.
    if (document.visibilityState === 'hidden') this.#disconnect();
    else if (this.#source === undefined) this.#connect();
  };

  #connect(): void {
    const after = this.#lastId === '' ? '' : `?after=${encodeURIComponent(this.#lastId)}`;
    const source = new EventSource(apiUrl(`runs/${this.id}/events${after}`));
    this.#source = source;
    source.addEventListener('view', ({ data, lastEventId }: MessageEvent<string>) => {
      const message = JSON.parse(data) as ViewMessage;
      this.#view = RunView.fromJSON(message.view);
      this.read = message.read;
      this.#came(lastEventId);
    });
    source.addEventListener('events', ({ data, lastEventId }: MessageEvent<string>) => {
      const events = JSON.parse(data) as EventsMessage;
      for (const event of events) this.#view.apply(event);
      this.#came(lastEventId);
      if (events.some(endsSomething)) void this.details.reload();
    });
    source.addEventListener('open', () => {
      this.connection = 'live';
    });
    source.addEventListener('error', () => {
      this.connection = 'lost';
      if (source.readyState !== EventSource.CLOSED) return;
      this.#disconnect();
      this.#retry = setTimeout(() => this.#connect(), retryMilliseconds);
    });
  }

  #came(id: string): void {
    this.#lastId = id;
    this.#version++;
    this.connection = 'live';
  }

  #disconnect(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }
}

const endsSomething = ({ type }: LoggedEvent): boolean => type === 'stage-end' || type === 'session-start';
