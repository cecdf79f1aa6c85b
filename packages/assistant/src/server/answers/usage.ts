/** What a request cost, in tokens. A prompt is counted once, however many choices answer it. */
import type { AnswerPart } from '../../assistant.js';

type End = Extract<AnswerPart, { type: 'end' }>;

export interface UsageBody {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export class Usage {
  #prompt = 0;
  #completion = 0;

  add(end: Pick<End, 'promptTokens' | 'completionTokens'>, isFirstOfPrompt: boolean): void {
    if (isFirstOfPrompt) this.#prompt += end.promptTokens;
    this.#completion += end.completionTokens;
  }

  body(): UsageBody {
    return {
      prompt_tokens: this.#prompt,
      completion_tokens: this.#completion,
      total_tokens: this.#prompt + this.#completion,
    };
  }
}

/** A full window ends an answer as a full length does. */
export function finishReason(reason: End['reason']): 'stop' | 'length' | 'tool_calls' {
  if (reason === 'tool-calls') return 'tool_calls';
  return reason === 'stop' ? 'stop' : 'length';
}
