/**
 * A conversation as a tree: an edited question or an answer made again is a sibling of what was there, and
 * nothing is lost. What is shown is one path through it.
 */

import type { TokenReport } from '@llm/assistant';
import { SvelteSet } from 'svelte/reactivity';
import type { EndPart } from '../../models/model-calls.js';
import type { ShownPart } from './answer-parts.js';

/**
 * What somebody has open in a message. It is kept here since a message that is scrolled out of sight, or for
 * which a window becomes too small, is drawn anew when it is seen again.
 */
export class MessageView {
  /** What is being written in the message's place. */
  draft = $state<string>();
  /** Index of the token whose alternatives are shown. */
  token = $state<number>();
  /** Indices of the parts whose thinking is shown. */
  readonly thinking = new SvelteSet<number>();
}

export interface ChatNode {
  readonly id: number;
  readonly parent: number;
  readonly role: 'user' | 'assistant';
  readonly parts: readonly ShownPart[];
  readonly tokens: readonly TokenReport[];
  /** Ids before `tokens`: those the answer was made to begin with. */
  readonly begin: readonly number[];
  readonly state: 'speaking' | 'done' | 'stopped' | 'failed';
  readonly problem?: string | undefined;
  readonly end?: EndPart | undefined;
  readonly view: MessageView;
}

export const root = 0;

export class Conversation {
  #nodes = $state.raw<ReadonlyMap<number, ChatNode>>(new Map());
  /** By parent: the child that is shown. */
  #chosen = $state.raw<ReadonlyMap<number, number>>(new Map());
  #children = new Map<number, number[]>();
  #last = root;
  readonly path: readonly ChatNode[] = $derived.by(() => {
    const path: ChatNode[] = [];
    for (let id = this.#chosen.get(root); id !== undefined; id = this.#chosen.get(id))
      path.push(this.#nodes.get(id)!);
    return path;
  });

  /** Where the next message goes. */
  get tip(): number {
    return this.path.at(-1)?.id ?? root;
  }

  /** Messages up to and including a node. */
  until(id: number): ChatNode[] {
    const path: ChatNode[] = [];
    for (let node = this.#nodes.get(id); node !== undefined; node = this.#nodes.get(node.parent))
      path.unshift(node);
    return path;
  }

  find(id: number): ChatNode | undefined {
    return this.#nodes.get(id);
  }

  add(parent: number, node: Pick<ChatNode, 'role'> & Partial<ChatNode>): number {
    const [id] = this.addAll(parent, [node]);
    return id!;
  }

  /** One below the other. */
  addAll(parent: number, given: readonly (Pick<ChatNode, 'role'> & Partial<ChatNode>)[]): number[] {
    const nodes = new Map(this.#nodes);
    const chosen = new Map(this.#chosen);
    let above = parent;
    const ids = given.map((node) => {
      const id = ++this.#last;
      nodes.set(id, {
        parts: [],
        tokens: [],
        begin: [],
        state: 'done',
        view: new MessageView(),
        ...node,
        id,
        parent: above,
      });
      this.#children.set(above, [...(this.#children.get(above) ?? []), id]);
      chosen.set(above, id);
      above = id;
      return id;
    });
    this.#nodes = nodes;
    this.#chosen = chosen;
    return ids;
  }

  change(id: number, change: Partial<ChatNode>): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    this.#nodes = new Map(this.#nodes).set(id, { ...node, ...change });
  }

  /** Which of how many this is, from 0, and the way to the others. */
  place(id: number): { readonly index: number; readonly siblings: readonly number[] } {
    const siblings = this.#children.get(this.#nodes.get(id)?.parent ?? root) ?? [];
    return { index: siblings.indexOf(id), siblings };
  }

  show(id: number): void {
    const node = this.#nodes.get(id);
    if (node !== undefined) this.#chosen = new Map(this.#chosen).set(node.parent, id);
  }

  clear(): void {
    this.#nodes = new Map();
    this.#chosen = new Map();
    this.#children = new Map();
  }
}
