/** Which two answers to a prompt are to be compared next, and what a comparison is called. */
import { votedMessages } from '../../components/voted-parts.js';
import type { RolloutSample, RolloutsOfStep, Verdict, Vote } from '../../wire/index.js';
import { nameOf } from './sample-query.js';
import { spoken } from './sample-text.js';

export interface RankedPair {
  /** The same whichever side each is on. */
  readonly id: string;
  readonly prompt: number;
  readonly left: RolloutSample;
  readonly right: RolloutSample;
}

/**
 * Pairs of different answers to the same prompt, prompt by prompt; neighbours first, so that a few votes
 * already order all. Equal answers are one. Sides change from pair to pair.
 */
export function pairsToRank({
  stage,
  step,
  samples,
}: Pick<RolloutsOfStep, 'stage' | 'step' | 'samples'>): RankedPair[] {
  const groups = new Map<number, Map<string, RolloutSample>>();
  for (const sample of samples) {
    const group = groups.get(sample.prompt) ?? new Map<string, RolloutSample>();
    groups.set(sample.prompt, group);
    const text = spoken(sample.parts);
    if (text.trim() !== '' && !group.has(text)) group.set(text, sample);
  }
  const pairs: RankedPair[] = [];
  for (const [prompt, group] of groups) {
    const answers = [...group.values()];
    for (let apart = 1; apart < answers.length; apart++)
      for (let at = 0; at + apart < answers.length; at++) {
        const [first, second] = [answers[at]!, answers[at + apart]!];
        const names = [first, second].map(({ index }) => nameOf({ stage, step, index }));
        const sides =
          pairs.length % 2 === 0 ? { left: first, right: second } : { left: second, right: first };
        pairs.push({ id: `rank-${names.join('-')}`, prompt, ...sides });
      }
  }
  return pairs;
}

export function rankingVote(
  of: Pick<RolloutsOfStep, 'stage' | 'step' | 'prompts'>,
  { id, prompt, left, right }: RankedPair,
  verdict: Verdict,
): Vote {
  const [first, second] = [left, right].map(({ index, parts }) => ({
    from: nameOf({ stage: of.stage, step: of.step, index }),
    messages: votedMessages(parts),
  }));
  return {
    ...{ id, kind: 'ranking', time: Date.now(), verdict },
    prompt: of.prompts[prompt]!.messages.map(({ role, text }) => ({
      // What practice asks are user messages, and system ones before them.
      role: role === 'system' || role === 'assistant' ? role : 'user',
      content: text,
    })),
    ...{ left: first!, right: second! },
  };
}

/** Of the votes for one side where the rewards differ: for how many the reward says the same. */
export function rewardAgrees(
  pairs: readonly RankedPair[],
  votes: ReadonlyMap<string, Vote>,
): { readonly agree: number; readonly of: number } {
  let [agree, of] = [0, 0];
  for (const { id, left, right } of pairs) {
    const verdict = votes.get(id)?.verdict;
    if ((verdict !== 'left' && verdict !== 'right') || left.reward === right.reward) continue;
    of++;
    if (left.reward > right.reward === (verdict === 'left')) agree++;
  }
  return { agree, of };
}
