/** An answer of `/v1/completions`, whole or as chunks. Choice c of n answers prompt ⌊c / n⌋. */
import type { BpeTokenizer } from '@llm/tokenizer';
import type { Piece } from './pieces.js';
import {
  type CompletionLogProbabilities,
  completionLogProbabilities,
  type ScoredToken,
} from './token-shapes.js';
import { finishReason, Usage } from './usage.js';

/** What is told of a prompt before its continuation (`echo`). */
export interface EchoedPrompt {
  readonly text: string;
  /** Length of a beginning of the tokens' text that is no part of `text`: of a begin token. */
  readonly hidden: number;
  /** Empty unless log-probabilities were asked for. */
  readonly tokens: readonly ScoredToken[];
}

export interface CompletionShape {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  /** One for each prompt where it is echoed. */
  readonly echoed: readonly EchoedPrompt[] | undefined;
  readonly prompts: number;
  readonly choicesPerPrompt: number;
  readonly tokenizer: BpeTokenizer;
  readonly logProbabilities: boolean;
  /** Ids of the prompts, where ids are told beside texts. */
  readonly tokenIds: readonly Int32Array[] | undefined;
  /** A last chunk that tells the usage; every other says null. */
  readonly includeUsage: boolean;
}

interface Choice {
  text: string;
  readonly hidden: number;
  tokens: ScoredToken[];
  finish: string | null;
}

export async function completionAnswer(
  shape: CompletionShape,
  pieces: AsyncIterable<Piece>,
): Promise<object> {
  const usage = new Usage();
  const { prompts, choicesPerPrompt, tokenizer } = shape;
  const choices = Array.from({ length: prompts * choicesPerPrompt }, (_, choice): Choice => {
    const echoed = shape.echoed?.[Math.floor(choice / choicesPerPrompt)];
    const { text = '', hidden = 0, tokens = [] } = echoed ?? {};
    return { text, hidden, tokens: [...tokens], finish: null };
  });
  for await (const { choice, part, tokens } of pieces) {
    const whole = choices[choice]!;
    for (const token of tokens) whole.tokens.push(token);
    if (part.type === 'text' || part.type === 'thinking') whole.text += part.text;
    if (part.type !== 'end') continue;
    usage.add(part, choice % choicesPerPrompt === 0);
    whole.finish = finishReason(part.reason);
  }
  return {
    ...head(shape),
    choices: choices.map(({ text, hidden, tokens, finish }, index) => ({
      index,
      text,
      logprobs: shape.logProbabilities ? completionLogProbabilities(tokenizer, tokens, -hidden) : null,
      finish_reason: finish,
      ...idsOf(shape, index, tokens),
    })),
    usage: usage.body(),
  };
}

export async function* completionChunks(
  shape: CompletionShape,
  pieces: AsyncIterable<Piece>,
): AsyncGenerator<object, void, undefined> {
  const usage = new Usage();
  const { prompts, choicesPerPrompt, tokenizer } = shape;
  const lengths = new Array<number>(prompts * choicesPerPrompt).fill(0);
  const chunk = (choices: readonly object[], told: object | null = null): object => ({
    ...head(shape),
    choices,
    ...(shape.includeUsage ? { usage: told } : {}),
  });
  const written = (
    index: number,
    text: string,
    tokens: readonly ScoredToken[],
    finish: string | null,
  ): object => {
    const logprobs: CompletionLogProbabilities | null =
      shape.logProbabilities && tokens.length > 0
        ? completionLogProbabilities(tokenizer, tokens, lengths[index]!)
        : null;
    lengths[index]! += text.length;
    return chunk([{ index, text, logprobs, finish_reason: finish }]);
  };
  for (const index of shape.echoed === undefined ? [] : lengths.keys()) {
    const { text, hidden, tokens } = shape.echoed![Math.floor(index / choicesPerPrompt)]!;
    lengths[index] = -hidden;
    yield written(index, text, tokens, null);
    lengths[index] = text.length;
  }
  for await (const { choice, part, tokens } of pieces) {
    if (part.type === 'text' || part.type === 'thinking') yield written(choice, part.text, tokens, null);
    if (part.type !== 'end') continue;
    usage.add(part, choice % choicesPerPrompt === 0);
    yield written(choice, '', tokens, finishReason(part.reason));
  }
  if (shape.includeUsage) yield chunk([], usage.body());
}

/** vLLM's `token_ids`, the one that ended the answer among them, and `prompt_token_ids`. */
function idsOf(
  { tokenIds, choicesPerPrompt }: CompletionShape,
  choice: number,
  tokens: readonly ScoredToken[],
): object {
  if (tokenIds === undefined) return {};
  const prompt = tokenIds[Math.floor(choice / choicesPerPrompt)]!;
  return { token_ids: tokens.map(({ id }) => id), prompt_token_ids: Array.from(prompt) };
}

function head({ id, created, model }: CompletionShape): object {
  return { id, object: 'text_completion', created, model };
}
