/** One question to two models whose names nobody sees before the vote. */
import type { Side } from '../../components/duel.svelte';
import { votedMessages } from '../../components/voted-parts.js';
import type { Votes } from '../../store/votes.svelte.js';
import type { RolloutPart, Verdict, Vote } from '../../wire/index.js';
import type { ShownPart } from '../chat/answer-parts.js';
import type { Asking, ChatColumn } from '../chat/chat-column.svelte.js';
import { root } from '../chat/conversation.svelte.js';
import { drawPair } from './draw-pair.js';

interface Match {
  readonly id: string;
  readonly system: string;
  readonly prompt: string;
  readonly sides: readonly [left: ChatColumn, right: ChatColumn];
}

export class Arena {
  readonly #votes: Votes;
  readonly #columns: () => readonly ChatColumn[];
  match = $state.raw<Match>();
  /** Of the match; undefined before the vote. */
  verdict = $state<Verdict>();

  constructor(votes: Votes, columns: () => readonly ChatColumn[]) {
    this.#votes = votes;
    this.#columns = columns;
  }

  /** Those that can be drawn. */
  get ready(): readonly ChatColumn[] {
    return this.#columns().filter(({ info }) => info !== undefined);
  }

  get isSpeaking(): boolean {
    return this.match?.sides.some(({ isSpeaking }) => isSpeaking) ?? false;
  }

  get canVote(): boolean {
    return (
      this.match !== undefined &&
      !this.isSpeaking &&
      this.match.sides.every((side) => problemOf(side) === undefined)
    );
  }

  get shown(): readonly [Side, Side] | undefined {
    const { match } = this;
    if (match === undefined) return undefined;
    const [left, right] = match.sides.map((column) => ({
      parts: partsOf(column),
      isSpeaking: column.isSpeaking,
      problem: problemOf(column),
    }));
    return [left!, right!];
  }

  /** Draws two models and asks both. */
  async ask(prompt: string, asking: Asking): Promise<void> {
    this.stop();
    const { ready } = this;
    const arena = this.#votes.standing.filter(({ kind }) => kind === 'arena');
    const pair = drawPair(
      ready.map(({ name }) => name),
      arena,
    );
    if (pair === undefined) return;
    const [left, right] = pair.map((name) => ready.find((column) => column.name === name)!);
    this.match = { id: newId(), system: asking.system, prompt, sides: [left!, right!] };
    this.verdict = undefined;
    await Promise.all([left!, right!].map((column) => answer(column, prompt, asking)));
  }

  stop(): void {
    for (const column of this.match?.sides ?? []) column.stopSpeaking();
  }

  /** Again on the same match replaces what was said. */
  vote(verdict: Verdict): void {
    const { match } = this;
    if (match === undefined || !this.canVote) return;
    this.verdict = verdict;
    const [left, right] = match.sides.map((column) => ({
      from: column.name,
      messages: votedMessages(partsOf(column)),
    }));
    const vote: Vote = {
      ...{ id: match.id, kind: 'arena', time: Date.now(), verdict },
      prompt: [
        ...(match.system === '' ? [] : [{ role: 'system', content: match.system } as const]),
        { role: 'user', content: match.prompt },
      ],
      ...{ left: left!, right: right! },
    };
    void this.#votes.add(vote);
  }

  /** Takes the vote on this match back; it can be given anew. */
  withdraw(): void {
    this.vote('withdrawn');
    this.verdict = undefined;
  }
}

/** Also where a page is not served securely, as `crypto.randomUUID` is not. */
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

async function answer(column: ChatColumn, prompt: string, asking: Asking): Promise<void> {
  if (column.mode === 'document') {
    column.document = prompt;
    await column.continue(asking.sampling);
    return;
  }
  column.conversation.clear();
  await column.ask(root, prompt, asking);
}

function shownParts(column: ChatColumn): readonly ShownPart[] {
  if (column.mode === 'document') return column.continuation.parts;
  const last = column.conversation.path.at(-1);
  return last?.role === 'assistant' ? last.parts : [];
}

/** What it thinks is not judged. */
const partsOf = (column: ChatColumn): RolloutPart[] =>
  shownParts(column).flatMap((part): RolloutPart[] => {
    if (part.type === 'thinking') return [];
    if (part.type !== 'tool-call') return [{ type: part.type, text: part.text }];
    return [{ type: 'tool-call', tool: part.call.name, text: part.call.arguments }];
  });

function problemOf(column: ChatColumn): string | undefined {
  if (column.problem !== undefined) return column.problem;
  return column.mode === 'document' ? undefined : column.conversation.path.at(-1)?.problem;
}
