/** Answers of a group, equal ones together, the most frequent first. */
import type { RolloutSample } from '../../wire/index.js';
import { spoken } from './sample-text.js';

export interface DifferentAnswer {
  readonly text: string;
  readonly reward: number;
  readonly times: number;
}

/** Equal are those of the same words and the same reward: a random reward gives equal words several. */
export function differentAnswers(
  samples: readonly Pick<RolloutSample, 'parts' | 'reward'>[],
): DifferentAnswer[] {
  const found = new Map<string, DifferentAnswer>();
  for (const { parts, reward } of samples) {
    const text = spoken(parts);
    const key = `${reward} ${text}`;
    found.set(key, { text, reward, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.times - a.times);
}
