/** What the votes of the arena amount to: ratings, and who won how often against whom. */
import { type Comparison, fitRatings, type Rating } from '@llm/rl';
import type { Vote } from '../../wire/index.js';

export interface Standing extends Rating {
  readonly wins: number;
  readonly losses: number;
  /** Votes for neither, ties and both bad. */
  readonly neither: number;
}

export interface Standings {
  /** The strongest first. */
  readonly models: readonly Standing[];
  /** `name` against the others, in the order of `models`; null against itself. */
  readonly met: readonly (readonly (Encounter | null)[])[];
  readonly votes: number;
}

export interface Encounter {
  readonly wins: number;
  readonly losses: number;
  readonly neither: number;
}

/** `names` are listed even without a vote. */
export function standingsOf(all: readonly Vote[], names: readonly string[]): Standings {
  const votes = all.filter(({ kind }) => kind === 'arena');
  const comparisons = votes.map(
    ({ left, right, verdict }): Comparison => ({
      first: left.from,
      second: right.from,
      winner: verdict === 'left' ? 'first' : verdict === 'right' ? 'second' : 'neither',
    }),
  );
  const ratings = fitRatings(comparisons, { others: names });
  const between = (name: string, other: string): Encounter => {
    let [wins, losses, neither] = [0, 0, 0];
    for (const { first, second, winner } of comparisons) {
      const isFirst = first === name && second === other;
      if (!isFirst && !(first === other && second === name)) continue;
      if (winner === 'neither') neither++;
      else if ((winner === 'first') === isFirst) wins++;
      else losses++;
    }
    return { wins, losses, neither };
  };
  const met = ratings.map(({ name }) =>
    ratings.map((other) => (other.name === name ? null : between(name, other.name))),
  );
  const sum = (row: readonly (Encounter | null)[], key: keyof Encounter): number =>
    row.reduce((all, each) => all + (each?.[key] ?? 0), 0);
  return {
    models: ratings.map((rating, at) => ({
      ...rating,
      wins: sum(met[at]!, 'wins'),
      losses: sum(met[at]!, 'losses'),
      neither: sum(met[at]!, 'neither'),
    })),
    met,
    votes: votes.length,
  };
}
