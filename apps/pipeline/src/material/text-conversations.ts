/**
 * Conversations out of the run's own texts: the assistant is asked for one, or to go on with how one begins,
 * and answers in the text's own words. Left out: a summary or a title to ask by, for which a model would have
 * to write them first.
 */
import {
  type Conversation,
  type ConversationRenderer,
  createRandom,
  type Random,
  textMessage,
} from '@llm/core';
import type { PipelineOptions } from '../options.js';

/** Whether the texts are the user's, and the conversations are not. */
export const tellsTexts = ({ input, conversations }: PipelineOptions): boolean =>
  input.kind !== 'miniweb' && conversations.length === 0;

export interface TextConversationOptions {
  readonly texts: readonly string[];
  /** At most so many, each of another text or of another piece of one. */
  readonly count: number;
  readonly renderer: ConversationRenderer;
  /** Of a row, in tokens: a text that is longer ends with its last sentence that fits. */
  readonly columns: number;
  readonly seed: number;
}

const asksForOne = [
  'Tell me a story.',
  'Tell me something.',
  'Please tell me a story.',
  'I would like to hear a story.',
  'Write a story for me.',
  'Do you know a story?',
] as const;
const asksToGoOn = [
  '',
  'Go on: ',
  'Go on with this: ',
  'Continue: ',
  'How does this go on? ',
  'Tell me a story that begins like this: ',
  'Finish this story: ',
] as const;

const closing = String.raw`["'\p{Pe}\p{Pf}]*`;
/** In scripts that put no space after a sentence, without one: “。”. */
const sentenceEnd = new RegExp(
  String.raw`(?:[.!?]+(?=${closing}(?:\s|$))|(?![.!?])\p{Sentence_Terminal})${closing}`,
  'gu',
);
/** Characters that a beginning, which stands in the question, has at most. */
const longestBeginning = 200;
/** Words of a beginning that is no whole sentence. */
const [fewestWords, mostWords] = [3, 8];
/** No tokenizer's tokens are longer in the mean of a text. */
const charactersPerToken = 8;

interface Piece {
  readonly text: string;
  /** Whether it is the beginning of a text, which can be asked for without saying how it begins. */
  readonly isFirst: boolean;
}

/**
 * Half of them ask for a text, half to go on with one, from its first sentence or its first words. Of texts
 * that are longer than a row what comes next is gone on with, once each text has had its turn. A piece of
 * which no whole sentence fits is passed over; so is one where there would be nothing to go on with.
 */
export function textConversations(options: TextConversationOptions): Conversation[] {
  const { texts, count, renderer, columns, seed } = options;
  const random = createRandom(seed, 'text-conversations');
  const conversations: Conversation[] = [];
  let pieces = texts.map((text): Piece => ({ text: text.trim(), isFirst: true }));
  while (pieces.length > 0) {
    const rest: Piece[] = [];
    for (const { text, isFirst } of random.shuffle(pieces)) {
      if (conversations.length >= count) return conversations;
      const goesOn = !isFirst || random.uniform() < 0.5;
      const beginning = goesOn ? drawBeginning(text, random) : '';
      const request = goesOn ? random.pick(asksToGoOn) + beginning : random.pick(asksForOne);
      const answerable = text.slice(beginning.length).trimStart();
      const answered = (end: number): Conversation => ({
        id: `text-${conversations.length}`,
        messages: [textMessage('user', request), textMessage('assistant', answerable.slice(0, end))],
      });
      const end = lastThatFits(
        sentenceEnds(answerable.slice(0, columns * charactersPerToken)),
        (each) => renderer.render(answered(each)).ids.length <= columns + 1,
      );
      if (end === undefined) continue;
      conversations.push(answered(end));
      const after = answerable.slice(end).trimStart();
      if (after !== '') rest.push({ text: after, isFirst: false });
    }
    pieces = rest;
  }
  return conversations;
}

/** Of rising numbers of which the first ones fit. */
function lastThatFits(numbers: readonly number[], fits: (number: number) => boolean): number | undefined {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(numbers[middle]!)) low = middle + 1;
    else high = middle;
  }
  return numbers[low - 1];
}

/** The first sentence of a text, if it is short, or its first words, with a comma after them or without. */
function drawBeginning(text: string, random: Random): string {
  const count = fewestWords + random.integer(mostWords - fewestWords + 1);
  const [first] = sentenceEnds(text.slice(0, longestBeginning));
  const last = [...text.slice(0, longestBeginning).matchAll(/\S+(?=\s)/g)][count - 1];
  if (first !== undefined && (random.uniform() < 0.5 || last === undefined)) return text.slice(0, first);
  if (last === undefined) return text;
  const beginning = text.slice(0, last.index + last[0].length);
  return random.uniform() < 0.5 ? beginning : beginning.replace(/[,;:]+$/, '');
}

/** Where sentences end in a text, in characters from its beginning. */
const sentenceEnds = (text: string): number[] =>
  Array.from(text.matchAll(sentenceEnd), (match) => match.index + match[0].length);
