/**
 * Sentence patterns: `{a|b}` is a choice, `$name` a slot, choices nest. One pattern
 * gives many wordings, which is what keeps a million pages from being near-duplicates
 * of each other. After Tracery's grammars; no recursion between patterns, no
 * modifiers: the article ("a" or "an") and the first capital are mended afterwards.
 */
import { LlmError, type Random } from '@llm/core';

export type Slots = Readonly<Record<string, string>>;

/** A value for each slot that a text file, or one of several, declares under `slots`. */
export type SlotsOf<Texts extends { readonly slots: object }> = Readonly<
  Record<Texts extends unknown ? keyof Texts['slots'] : never, string>
>;

type Piece = string | { readonly slot: string } | readonly (readonly Piece[])[];

const compiled = new Map<string, readonly Piece[]>();

/** Expands a pattern as it stands: no capital, no article mending. Throws `miniweb/unknown-slot`. */
export function phrase(pattern: string, slots: Slots, random: Random): string {
  let pieces = compiled.get(pattern);
  if (pieces === undefined) {
    pieces = compile(pattern);
    compiled.set(pattern, pieces);
  }
  return expand(pieces, slots, random, pattern);
}

/** `phrase`, then "a" before a vowel becomes "an" and the first letter a capital. */
export function sentence(pattern: string, slots: Slots, random: Random): string {
  return mendEnglish(phrase(pattern, slots, random));
}

/** "a apple" → "an apple", single spaces, no space before ",", ":" or ".", first letter capital. */
function mendEnglish(text: string): string {
  return capitalize(
    text
      .replace(/ {2,}/g, ' ')
      .replace(/ (?=[,:.])/g, '')
      .replace(/\b([Aa]) (?=[aeioAEIO])/g, '$1n '),
  ).trim();
}

export function capitalize(text: string): string {
  return text.replace(
    /^(["“]?)(\p{Ll})/u,
    (_, quote: string, letter: string) => quote + letter.toUpperCase(),
  );
}

function expand(pieces: readonly Piece[], slots: Slots, random: Random, pattern: string): string {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else if ('slot' in piece) {
      const value = slots[piece.slot];
      if (value === undefined) {
        throw new LlmError({
          code: 'miniweb/unknown-slot',
          message: `The pattern "${pattern}" asks for $${piece.slot}, and the slots given are ${Object.keys(slots).join(', ')}. Pass that slot.`,
          details: { pattern, slot: piece.slot },
        });
      }
      text += value;
    } else text += expand(random.pick(piece), slots, random, pattern);
  }
  return text;
}

function compile(pattern: string): readonly Piece[] {
  let position = 0;
  const sequence = (nested: boolean): Piece[] => {
    const pieces: Piece[] = [];
    let literal = '';
    const flush = (): void => {
      if (literal !== '') pieces.push(literal);
      literal = '';
    };
    while (position < pattern.length) {
      const character = pattern[position]!;
      if (nested && (character === '|' || character === '}')) break;
      position++;
      if (character === '{') {
        flush();
        const choices: Piece[][] = [];
        do choices.push(sequence(true));
        while (pattern[position++] === '|');
        pieces.push(choices);
      } else if (character === '$') {
        flush();
        const name = /^[A-Za-z]+/.exec(pattern.slice(position))?.[0] ?? '';
        position += name.length;
        pieces.push({ slot: name });
      } else literal += character;
    }
    flush();
    return pieces;
  };
  return sequence(false);
}
