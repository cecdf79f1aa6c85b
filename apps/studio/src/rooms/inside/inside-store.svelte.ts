/**
 * The model that is looked into, and the last look; of looks that are asked for meanwhile only the last is
 * taken.
 */
import type { ModelInfo, ModelSource } from '../../models/model-calls.js';
import { WorkerCalls } from '../../workers/worker-calls.js';
import workerAddress from './inside.worker.ts?worker&url';
import type { InsideCalls, Look, Silenced, Step } from './inside-calls.js';

export interface Question {
  readonly text: string;
  readonly position: number | undefined;
  readonly silenced: readonly Silenced[];
}

export class InsideStore {
  info = $state.raw<ModelInfo>();
  look = $state.raw<Look>();
  /** The same with all heads heard, while some are silenced. */
  whole = $state.raw<Look>();
  problem = $state<string>();
  isBusy = $state(false);
  /** Share of a download. */
  progress = $state<number>();
  readonly #worker = new WorkerCalls<InsideCalls>(workerAddress);
  readonly #loaded: Promise<ModelInfo>;
  #wanted: Question | undefined;

  constructor(name: string, source: ModelSource) {
    this.#loaded = this.#worker.call(
      'load',
      { name, source },
      {
        onSaid: ({ done, total }) => {
          this.progress = done / total;
        },
      },
    );
    this.#loaded.then(
      (info) => {
        this.info = info;
      },
      (error: unknown) => {
        this.problem = messageOf(error);
      },
    );
  }

  async ask(question: Question): Promise<void> {
    this.#wanted = question;
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await this.#loaded;
      while (this.#wanted !== undefined) {
        const { text, position, silenced } = this.#wanted;
        this.#wanted = undefined;
        const look = await this.#worker.call('look', { text, position, silenced });
        const isWhole = silenced.length === 0;
        this.whole = isWhole ? look : await this.#worker.call('look', { text, position, silenced: [] });
        this.look = look;
        this.problem = undefined;
      }
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.isBusy = false;
    }
  }

  step(text: string, learningRate: number): Promise<Step> {
    return this.#worker.call('step', { text, learningRate });
  }

  stop(): void {
    this.#worker.stop();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
