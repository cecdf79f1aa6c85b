/** What stands in the form of a model that one has, and the training that it asks for. */
import type { TuneRequest } from '../../wire/index.js';

export interface TuneDraft {
  model: string;
  task: 'sft' | 'rl';
  /** Paths, a line each. */
  conversations: string;
  tasks: string;
  /** As typed; empty: all weights, and the command's own steps. */
  lora: string;
  steps: string;
}

export const emptyTuneDraft = (): TuneDraft => ({
  ...{ model: '', task: 'sft', conversations: '', tasks: 'arithmetic', lora: '16', steps: '' },
});

/** Undefined while something is missing. */
export function tuneRequestOf(draft: TuneDraft): TuneRequest | undefined {
  const { task, tasks } = draft;
  const model = draft.model.trim();
  const conversations = draft.conversations
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (model === '' || (task === 'sft' && conversations.length === 0)) return undefined;
  return {
    ...{ task, model },
    ...(task === 'sft' ? { conversations } : { tasks }),
    ...(draft.lora.trim() === '' ? {} : { lora: Number(draft.lora) }),
    ...(draft.steps.trim() === '' ? {} : { steps: Number(draft.steps) }),
  };
}

/** A path is the server's; what has these beginnings a page can load by itself. */
export const isForPages = (model: string): boolean =>
  /^(hf:[\w.-]+\/[\w.-]+|https?:\/\/|file:)/.test(model.trim());
