/**
 * The training that goes on in this page: it outlives the room, so that one can look at others meanwhile,
 * pauses while the page is hidden, and after a reload goes on by itself where it was under way.
 */
import type { CurveColumns } from '@llm/core';
import { type RunSample, RunView } from '../../../wire/index.js';
import { WorkerCalls } from '../../../workers/worker-calls.js';
import workerAddress from './here.worker.ts?worker&url';
import type { HereCalls, KeptForm, TrainingPlan } from './here-calls.js';
import type { KeptTraining } from './kept-training.js';
import type { TrainingChoice } from './training-choice.js';

/** Of the browser's memory of this tab: the training that was under way. */
const underWay = 'llm-trained-here';
/** The stage that the events name. */
const at = 'here';

export type HereStatus =
  /** None is chosen. */
  | 'idle'
  | 'opening'
  | 'preparing'
  | 'training'
  /** The step ends and is saved. */
  | 'pausing'
  | 'paused'
  | 'done'
  | 'failed';

export class HereStore {
  names = $state.raw<readonly string[]>();
  training = $state.raw<KeptTraining>();
  status = $state<HereStatus>('idle');
  /** Because the page is hidden: it goes on when it is seen again. */
  waitsForEyes = $state(false);
  problem = $state<string>();
  #view = new RunView();
  #version = $state(0);
  #worker: WorkerCalls<HereCalls> | undefined;
  #control: AbortController | undefined;

  constructor() {
    document.addEventListener('visibilitychange', this.#seenOrNot);
  }

  /** Reads what is kept; goes on with what was under way when the page was reloaded. */
  async begin(): Promise<void> {
    if (this.names !== undefined) return;
    await this.#tried(async () => {
      this.names = await this.#calls.call('list', undefined);
      const name = sessionStorage.getItem(underWay);
      if (name === null || !this.names.includes(name)) return;
      await this.open(name);
      await this.goOn();
    });
  }

  plan(choice: TrainingChoice): Promise<TrainingPlan> {
    return this.#calls.call('plan', choice);
  }

  async create(name: string, text: string, choice: TrainingChoice): Promise<void> {
    this.status = 'preparing';
    const isMade = await this.#tried(async () => {
      await this.#calls.call('create', { name, text, choice });
      this.names = [...(this.names ?? []), name].sort();
      await this.open(name);
    });
    if (isMade) await this.goOn();
    else this.status = 'idle';
  }

  async open(name: string): Promise<void> {
    this.status = 'opening';
    await this.#tried(async () => {
      const training = await this.#calls.call('read', { name });
      this.training = training;
      this.#view = RunView.fromJSON(training.view);
      this.#version++;
      this.status = training.step >= training.choice.steps ? 'done' : 'paused';
    });
    if (this.training?.name !== name) this.status = 'idle';
  }

  async goOn(): Promise<void> {
    const name = this.training?.name;
    if (name === undefined || this.#control !== undefined) return;
    if (document.visibilityState === 'hidden') {
      this.waitsForEyes = true;
      return;
    }
    const control = new AbortController();
    this.#control = control;
    this.status = 'training';
    this.problem = undefined;
    sessionStorage.setItem(underWay, name);
    try {
      const { isDone } = await this.#calls.call(
        'train',
        { name },
        {
          signal: control.signal,
          onSaid: (events) => {
            for (const event of events) this.#view.apply(event);
            this.#version++;
          },
        },
      );
      this.status = isDone ? 'done' : 'paused';
    } catch (error) {
      this.status = 'failed';
      this.problem = messageOf(error);
    } finally {
      this.#control = undefined;
      if (!this.waitsForEyes) sessionStorage.removeItem(underWay);
    }
    // Seen again before it had stopped.
    if (this.waitsForEyes && document.visibilityState === 'visible') this.#seenOrNot();
  }

  pause(): void {
    this.waitsForEyes = false;
    if (this.#control === undefined) {
      sessionStorage.removeItem(underWay);
      return;
    }
    this.status = 'pausing';
    this.#control.abort();
  }

  close(): void {
    this.training = undefined;
    this.status = 'idle';
    this.problem = undefined;
  }

  async delete(): Promise<void> {
    const name = this.training?.name;
    if (name === undefined || this.#control !== undefined) return;
    await this.#tried(async () => {
      await this.#calls.call('delete', { name });
      this.names = this.names?.filter((each) => each !== name);
      this.close();
    });
  }

  async file(form: KeptForm): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const name = this.training?.name;
    if (name === undefined) return undefined;
    let file: Uint8Array<ArrayBuffer> | undefined;
    await this.#tried(async () => {
      file = (await this.#calls.call('file', { name, form })) as Uint8Array<ArrayBuffer>;
    });
    return file;
  }

  /** Steps taken, as far as has been told. */
  get step(): number {
    return this.#current().stages.get(at)?.lastStep ?? 0;
  }

  metrics(): readonly string[] {
    return [...(this.#current().stages.get(at)?.curves.keys() ?? [])];
  }

  curve(metric: string): CurveColumns | undefined {
    return this.#current().stages.get(at)?.curves.get(metric)?.toJSON();
  }

  samples(): readonly RunSample[] {
    return [...this.#current().samplesOf(at)];
  }

  warnings(): readonly string[] {
    return [...new Set(this.#current().warnings.map(({ message }) => message))];
  }

  readonly #seenOrNot = (): void => {
    if (document.visibilityState === 'hidden') {
      if (this.status !== 'training') return;
      this.waitsForEyes = true;
      this.status = 'pausing';
      this.#control?.abort();
    } else if (this.waitsForEyes && this.#control === undefined) {
      this.waitsForEyes = false;
      void this.goOn();
    }
  };

  get #calls(): WorkerCalls<HereCalls> {
    this.#worker ??= new WorkerCalls<HereCalls>(workerAddress);
    return this.#worker;
  }

  #current(): RunView {
    // Read, so that whoever asks is told of the next change.
    void this.#version;
    return this.#view;
  }

  async #tried(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.problem = undefined;
      return true;
    } catch (error) {
      this.problem = messageOf(error);
      return false;
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One a page. */
export const here = new HereStore();
