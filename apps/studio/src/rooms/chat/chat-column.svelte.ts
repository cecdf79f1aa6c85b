/** One model and its own conversation: asks, collects what comes and shows it once a frame. */
import type { AnswerPart, TokenReport } from '@llm/assistant';
import type { AnsweringModel, EndPart, ModelSource, Sampling } from '../../models/model-calls.js';
import { type OpenedModel, openModel } from '../../models/open-model.js';
import { chatMessages, type ShownPart, withParts } from './answer-parts.js';
import { Conversation } from './conversation.svelte.js';

export interface Asking {
  readonly system: string;
  readonly sampling: Sampling;
}

export class ChatColumn {
  readonly name: string;
  readonly conversation = new Conversation();
  info = $state.raw<AnsweringModel>();
  problem = $state<string>();
  progress = $state<number>();
  /** A chat, or a document that the model goes on with. */
  mode = $state<'chat' | 'document'>('chat');
  document = $state('');
  /** Of the document: what the model wrote after it. */
  continuation = $state.raw<{
    readonly parts: readonly ShownPart[];
    readonly tokens: readonly TokenReport[];
  }>({
    parts: [],
    tokens: [],
  });
  isSpeaking = $state(false);
  /** Of the last answer. */
  tokensPerSecond = $state<number>();
  readonly #model: OpenedModel;
  #running: AbortController | undefined;

  constructor(name: string, source: ModelSource, mode: 'chat' | 'document') {
    this.name = name;
    this.mode = mode;
    this.#model = openModel(source);
    this.#model
      .call(
        'load',
        { source, name },
        {
          onSaid: ({ done, total }) => {
            this.progress = done / total;
          },
        },
      )
      .then(
        (info) => {
          this.info = info;
          if (!info.canChat) this.mode = 'document';
        },
        (error: unknown) => {
          this.problem = messageOf(error);
        },
      );
  }

  /** A question below `parent`, and its answer. */
  ask(parent: number, text: string, asking: Asking): Promise<void> {
    const question = this.conversation.add(parent, { role: 'user', parts: [{ type: 'text', text }] });
    return this.answer(question, asking);
  }

  /** An answer (one more) to a question; `begin`: the ids it begins with. */
  async answer(question: number, { system, sampling }: Asking, begin: readonly number[] = []): Promise<void> {
    const { conversation } = this;
    const messages = chatMessages(system, conversation.until(question));
    const id = conversation.add(question, { role: 'assistant', state: 'speaking', begin });
    let parts: readonly ShownPart[] = [];
    let tokens: readonly TokenReport[] = [];
    await this.#speak(
      (options) => this.#model.call('chat', { messages, sampling, begin }, options),
      (more, end) => {
        parts = withParts(parts, more);
        tokens = [...tokens, ...tokensIn(more)];
        conversation.change(id, { parts, tokens, ...(end === undefined ? {} : { end, state: 'done' }) });
      },
      (state, problem) => conversation.change(id, { state, problem }),
    );
  }

  /** Goes on with the document and, of what was written after it, `kept` ids. */
  async continue(sampling: Sampling, kept: readonly TokenReport[] = []): Promise<void> {
    const text = this.document;
    const begin = kept.map(({ id }) => id);
    let { parts, tokens }: typeof this.continuation = { parts: [], tokens: kept };
    this.continuation = { parts, tokens };
    await this.#speak(
      (options) => this.#model.call('complete', { text, sampling, begin }, options),
      (more) => {
        parts = withParts(parts, more);
        tokens = [...tokens, ...tokensIn(more)];
        this.continuation = { parts, tokens };
      },
      (state, problem) => {
        if (state === 'failed') this.problem = problem;
      },
    );
  }

  stopSpeaking(): void {
    this.#running?.abort();
  }

  close(): void {
    this.#model.stop();
  }

  async #speak(
    call: (options: {
      signal: AbortSignal;
      onSaid: (parts: readonly AnswerPart[]) => void;
    }) => Promise<unknown>,
    show: (more: readonly AnswerPart[], end: EndPart | undefined) => void,
    ended: (state: 'stopped' | 'failed', problem?: string) => void,
  ): Promise<void> {
    this.#running?.abort();
    const control = new AbortController();
    this.#running = control;
    this.isSpeaking = true;
    this.problem = undefined;
    let waiting: AnswerPart[] = [];
    let frame: number | undefined;
    let count = 0;
    let first = 0;
    const draw = (): void => {
      frame = undefined;
      const more = waiting;
      waiting = [];
      const end = more.find((part) => part.type === 'end');
      show(more, end);
    };
    try {
      await call({
        signal: control.signal,
        onSaid: (parts) => {
          if (first === 0) first = performance.now();
          count += tokensIn(parts).length;
          waiting.push(...parts);
          frame ??= requestAnimationFrame(draw);
        },
      });
      if (frame !== undefined) cancelAnimationFrame(frame);
      draw();
      if (control.signal.aborted) ended('stopped');
      const seconds = (performance.now() - first) / 1000;
      if (count > 1 && seconds > 0) this.tokensPerSecond = (count - 1) / seconds;
    } catch (error) {
      ended('failed', messageOf(error));
    } finally {
      if (this.#running === control) {
        this.#running = undefined;
        this.isSpeaking = false;
      }
    }
  }
}

const tokensIn = (parts: readonly AnswerPart[]): TokenReport[] =>
  parts.flatMap((part) => (part.type === 'tokens' ? part.tokens : []));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
