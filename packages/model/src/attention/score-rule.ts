/** How scores come from products of queries and keys. */
import type { ModelConfig } from '../config/model-config.js';

export interface ScoreRule {
  readonly scale: number;
  /** scores = cap · tanh(scores / cap); undefined: none. */
  readonly softcap: number | undefined;
}

export function scoreRule({ headWidth, attentionScale, attentionLogitSoftcap }: ModelConfig): ScoreRule {
  return { scale: attentionScale ?? 1 / Math.sqrt(headWidth), softcap: attentionLogitSoftcap };
}
