/** What the rollouts room asks: `/api/runs/:id/rollouts…`, and what a run keeps of its practice. */

/** What a token stands for: its text, or its bytes where they are no whole characters. */
export type TokenBytes = string | readonly number[];

export interface RolloutPart {
  readonly type: 'text' | 'tool-call' | 'tool-output';
  readonly text: string;
  /** Of a call. */
  readonly tool?: string | undefined;
}

export interface RolloutPrompt {
  readonly task: string;
  /** What a right answer contains. */
  readonly answer: string;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly ids: readonly number[];
}

export interface RolloutSample {
  /** Its place in the step. */
  readonly index: number;
  /** Index of its prompt. */
  readonly prompt: number;
  readonly ids: readonly number[];
  /** 1 where the model chose the token and learns from it, 0 where a tool's answer was put. */
  readonly mask: readonly (0 | 1)[];
  /** Of each token when it was drawn; 0 where a tool spoke. */
  readonly logProbabilities: readonly number[];
  readonly parts: readonly RolloutPart[];
  readonly reward: number;
  /** By name; null where one could not say. */
  readonly rewards: Readonly<Record<string, number | null>>;
  /** For all its tokens, or of a critic one for each. */
  readonly advantage: number | readonly number[];
  readonly stopReason: string;
  readonly wellFormed: boolean;
  readonly toolCalls: number;
  readonly toolFailures: number;
  /** Optimizer steps of the weights that answered. */
  readonly version: number;
}

/** An element of `GET runs/:id/rollouts`; a stage that kept none is not there. */
export interface RolloutStage {
  readonly stage: string;
  /** Those that were kept, ascending. */
  readonly steps: readonly number[];
  readonly bytes: number;
}

/** One step as it was kept. */
export interface KeptStep {
  readonly stage: string;
  readonly step: number;
  /** Prompts of the step; fewer are kept where a step is very large. */
  readonly promptsOfStep: number;
  readonly tokens: Readonly<Record<string, TokenBytes>>;
  readonly prompts: readonly RolloutPrompt[];
  readonly samples: readonly RolloutSample[];
}

/** `GET runs/:id/rollouts/:stage/:step`: of `samples` those that were asked for. */
export interface RolloutsOfStep extends KeptStep {
  /** All that the step kept. */
  readonly kept: number;
  /** Those that fit the filter; `samples` is a stretch of them. */
  readonly matching: number;
}

/** What is shown of a step's samples; in the query of the route. */
export const rolloutFilters = [
  'all',
  'raised',
  'lowered',
  'untaught',
  'tool',
  'tool-failed',
  'cut-off',
  'malformed',
] as const;
export type RolloutFilter = (typeof rolloutFilters)[number];
/** With `-` before it: the greatest first. */
export const rolloutOrders = [
  'drawn',
  'reward',
  '-reward',
  'advantage',
  '-advantage',
  'length',
  '-length',
] as const;
export type RolloutOrder = (typeof rolloutOrders)[number];

/** `GET runs/:id/rollouts/prompt?task=ID`: every time that the run answered it. */
export interface PromptAcrossSteps {
  readonly prompt: RolloutPrompt;
  readonly times: readonly {
    readonly stage: string;
    readonly step: number;
    readonly samples: readonly Pick<RolloutSample, 'index' | 'reward' | 'parts' | 'ids'>[];
  }[];
}
