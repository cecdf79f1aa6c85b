/** A sample in words. */
import { formatFigure } from '../../components/format.js';
import { tokenText } from '../../components/token-text.js';
import type { RolloutPart, RolloutSample, TokenBytes } from '../../wire/index.js';

const encoder = new TextEncoder();

/** `tokens` of a step. */
export function textOfToken(tokens: Readonly<Record<string, TokenBytes>>, id: number): string {
  const given = tokens[id] ?? '';
  return tokenText(typeof given === 'string' ? encoder.encode(given) : Uint8Array.from(given));
}

export const spoken = (parts: readonly RolloutPart[]): string => parts.map(partText).join(' ');

function partText({ type, tool, text }: RolloutPart): string {
  if (type === 'text') return text;
  return type === 'tool-call' ? `[${tool}: ${text}]` : `[→ ${text}]`;
}

export const advantageAt = ({ advantage }: Pick<RolloutSample, 'advantage'>, token: number): number =>
  typeof advantage === 'number' ? advantage : (advantage[token] ?? 0);

/** The sum where each token has its own. */
export const wholeAdvantage = ({ advantage }: Pick<RolloutSample, 'advantage'>): number =>
  typeof advantage === 'number' ? advantage : advantage.reduce((sum, value) => sum + value, 0);

export const signed = (value: number): string =>
  `${value > 0 ? '+' : ''}${formatFigure(value).replace('-', '−')}`;

export const stopWords: Readonly<Record<string, string>> = {
  stop: 'ended by itself',
  length: 'cut off at the limit of tokens',
  context: 'cut off at the end of the window',
};
