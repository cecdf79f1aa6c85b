/** What the room asks the worker that trains. */
import type { LoggedEvent } from '../../../wire/index.js';
import type { KeptTraining } from './kept-training.js';
import type { TrainingChoice } from './training-choice.js';
import type { Place } from './trial.js';

export interface TrainingPlan {
  readonly parameters: number;
  readonly memoryBytes: number;
  readonly secondsPerStep: number;
  readonly place: Place;
}

export type KeptForm = 'folder' | 'gguf';

export type HereCalls = {
  readonly list: {
    readonly takes: undefined;
    readonly gives: readonly string[];
  };
  readonly plan: {
    readonly takes: TrainingChoice;
    readonly gives: TrainingPlan;
  };
  readonly create: {
    readonly takes: { readonly name: string; readonly text: string; readonly choice: TrainingChoice };
    readonly gives: undefined;
  };
  readonly read: {
    readonly takes: { readonly name: string };
    readonly gives: KeptTraining;
  };
  /** Trains on, until the end or until it is given up, which saves. */
  readonly train: {
    readonly takes: { readonly name: string };
    readonly says: readonly LoggedEvent[];
    readonly gives: { readonly isDone: boolean };
  };
  /** The model as one file: a folder of Hugging Face in a ZIP, or GGUF. */
  readonly file: {
    readonly takes: { readonly name: string; readonly form: KeptForm };
    readonly gives: Uint8Array;
  };
  readonly delete: {
    readonly takes: { readonly name: string };
    readonly gives: undefined;
  };
};
