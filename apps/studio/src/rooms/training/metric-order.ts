/**
 * Which curves come first, and what they are in words. Names are those of the log (TRL's where it has
 * them).
 */
import { formatBytes, formatFigure } from '../../components/format.js';
import { resourcePrefix } from '../../wire/index.js';

const words: readonly (readonly [string, string])[] = [
  ['loss', 'Loss of each step'],
  ['eval_loss', 'Loss on held-out conversations'],
  ['bits_per_byte', 'Bits per byte on held-out text: 8 is no compression'],
  ['reward', 'Mean reward of the samples'],
  ['accuracy', 'Share of right greedy answers to held-out questions'],
  ['sampled_accuracy', 'Share of right samples'],
  ['reward_std', 'Spread of rewards within a group'],
  ['frac_reward_zero_std', 'Share of groups whose samples all got the same reward: they teach nothing'],
  ['entropy', 'How undecided the model is at each token, in nats'],
  ['kl', 'How far the model has moved from where practice began'],
  ['completions/mean_length', 'Tokens of an answer'],
  ['completions/format_valid', 'Share of whole messages'],
  ['tools/call_frequency', 'Tool calls per answer'],
  ['grad_norm', 'Length of the gradient'],
  ['learning_rate', 'Learning rate'],
  ['tokens_per_second', 'Tokens per second'],
  ['num_tokens', 'Tokens that count in the loss of the step'],
  ['step_time', 'Seconds of a step'],
  [`${resourcePrefix}peak_memory_bytes`, 'Most memory of the process so far, by seconds of the stage'],
  [`${resourcePrefix}processors`, 'Processors that the process used, by seconds of the stage'],
  [`${resourcePrefix}other_processors`, 'Processors that other programs used, by seconds of the stage'],
];

const about = new Map(words);
const order = new Map(words.map(([name], at) => [name, at]));

export const metricAbout = (name: string): string | undefined => about.get(name);

export const isResource = (name: string): boolean => name.startsWith(resourcePrefix);

/** Bytes as bytes, everything else as a figure. */
export const metricFormat = (name: string): ((value: number) => string) =>
  name.endsWith('_bytes') ? formatBytes : formatFigure;

/** The known first, in their order, then the others by name. */
export function orderedMetrics(names: Iterable<string>): string[] {
  const place = (name: string): number => order.get(name) ?? words.length;
  return [...new Set(names)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}
