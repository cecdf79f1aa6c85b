/**
 * What training text and conversations never show, so that tests on it are honest:
 * operand pairs of additions (both orders together), for each fact one wording of the
 * question, and some words to spell. Fixed by the numbers and names alone, not by a
 * seed: every miniweb, every conversation set and every task set agrees on them.
 */
import type { Fact } from '../world/facts.js';

/** What may be trained on, and what is only asked. */
export type Split = 'train' | 'held-out';

/** About one pair in eight. `isHeldOutPair(a, b) === isHeldOutPair(b, a)`. */
export function isHeldOutPair(a: number, b: number): boolean {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  return mix(low * 1009 + high * 65_537 + 12_289) % 8 === 0;
}

/** One wording in each fact's list of questions is kept for testing. */
export function isHeldOutQuestion(fact: Pick<Fact, 'id' | 'wordings'>, wording: number): boolean {
  let hash = 0;
  for (let i = 0; i < fact.id.length; i++) hash = mix(hash ^ fact.id.charCodeAt(i));
  return hash % fact.wordings.questions.length === wording;
}

/**
 * Half of the facts are asked in training conversations; of the others, what an assistant knows it has read.
 * One half of those is asked on question pages, one is only stated.
 */
export function teachingOf(fact: Pick<Fact, 'id'>): 'conversations' | 'pages' | 'statements' {
  const draw = hashOf(`teaching ${fact.id}`) % 4;
  return draw < 2 ? 'conversations' : draw === 2 ? 'pages' : 'statements';
}

/** About one name in four of those that nothing bears, or of which nothing is told, is kept for testing. */
export function isHeldOutName(name: string): boolean {
  return hashOf(`name ${name}`) % 4 === 0;
}

/** About one word in four never plays a word game on a page. */
export function isHeldOutGameWord(word: string): boolean {
  return hashOf(`game ${word}`) % 4 === 0;
}

function hashOf(text: string): number {
  let hash = 11;
  for (let i = 0; i < text.length; i++) hash = mix(hash ^ text.charCodeAt(i));
  return hash;
}

/** About one word in eight is never spelled in training text. */
export function isHeldOutWord(word: string): boolean {
  let hash = 7;
  for (let i = 0; i < word.length; i++) hash = mix(hash ^ word.charCodeAt(i));
  return hash % 8 === 0;
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
