/** From an admitted request to the parts of its answers, counted on their way. */
import type { AnswerPart } from '../assistant.js';
import { AnswerFeed } from './answers/answer-feed.js';
import type { RunningRequest } from './running-requests.js';
import type { ServerState } from './server-state.js';

/** Waits for its places in the batch, one for each choice, and gives each back with the last of them. */
export async function startAnswers(
  { admission, metrics }: Pick<ServerState, 'admission' | 'metrics'>,
  request: RunningRequest,
  model: string,
  choices: readonly (() => AsyncIterable<AnswerPart>)[],
): Promise<AnswerFeed> {
  const leave = await admission.enter(choices.length, request.signal);
  const feed = new AnswerFeed(
    choices.map((answer) => counted(metrics, model, request, answer())),
    (error) => request.stop(error),
  );
  void feed.finished.then(leave);
  return feed;
}

async function* counted(
  metrics: ServerState['metrics'],
  model: string,
  { arrival, signal }: RunningRequest,
  parts: AsyncIterable<AnswerPart>,
): AsyncGenerator<AnswerPart, void, undefined> {
  let before: number | undefined;
  try {
    for await (const part of parts) {
      const now = performance.now();
      if (part.type === 'end') {
        metrics.add('llm_answers_total', { model, reason: part.reason });
        metrics.add('llm_prompt_tokens_total', { model }, part.promptTokens);
        metrics.add('llm_completion_tokens_total', { model }, part.completionTokens);
      } else if (before === undefined)
        metrics.observe('llm_time_to_first_token_seconds', { model }, (now - arrival) / 1000);
      else if (part.type !== 'tokens')
        metrics.observe('llm_inter_token_seconds', { model }, (now - before) / 1000);
      before = now;
      yield part;
    }
  } catch (error) {
    metrics.add('llm_answers_total', { model, reason: signal.aborted ? 'aborted' : 'error' });
    throw error;
  }
}
