/**
 * Where the text of each message begins, without rendering every beginning of a conversation: a template
 * whose text for a message depends on nothing that comes after it gets a mark before each message and one
 * behind the last, so that one rendering tells what the shorter ones would have been. Whether a template is
 * of that kind is read off its program; one that looks ahead (`loop.last`, `messages[-1]`,
 * `messages | length`) is left as it is.
 */

export interface TemplateNode {
  readonly type: string;
  readonly value?: unknown;
  readonly body?: TemplateNode[] | undefined;
  readonly [field: string]: unknown;
}

/** The variable that is written as a mark; no template can name it. */
export const markVariable = 'message mark';

const mark: TemplateNode = { type: 'Identifier', value: markVariable };
/** What a pass of a loop may know of it: nothing of the passes to come. */
const knownBefore = new Set(['first', 'index', 'index0', 'previtem']);

/** Puts the marks into `program`; false, with the program in any state, where the template looks ahead. */
export function markMessages(program: TemplateNode): boolean {
  const reader = new ProgramReader();
  return reader.allowsAll(program.body!, { isOpen: true, isMessageLoop: false }) && reader.hasLoop;
}

interface Place {
  /** What is written here is written as it is: no macro, block or other loop around it. */
  readonly isOpen: boolean;
  /** `loop` is the loop over the messages. */
  readonly isMessageLoop: boolean;
}

class ProgramReader {
  /** The loop has been passed on the way here. */
  hasLoop = false;
  /** Names of the messages, all or without the first. */
  readonly #lists = new Set(['messages']);
  /** Other names that the template gives. */
  readonly #others = new Set<string>();
  /** What the template has named may be another thing after each message. */
  #changesState = false;

  allowsAll(statements: TemplateNode[], place: Place): boolean {
    for (let index = 0; index < statements.length; index++) {
      const statement = statements[index]!;
      const isLoop = place.isOpen && statement.type === 'For' && this.#isList(statement.iterable);
      if (!(isLoop ? this.#allowsMessageLoop(statement) : this.#allows(statement, place))) return false;
      if (isLoop) statements.splice(++index, 0, mark);
    }
    return true;
  }

  #allowsMessageLoop({ body, loopvar, defaultBlock }: TemplateNode): boolean {
    const isPlain = !this.hasLoop && (defaultBlock as TemplateNode[]).length === 0;
    if (!isPlain || (loopvar as TemplateNode).type !== 'Identifier' || !this.#isOther(loopvar)) return false;
    if (!this.allowsAll(body!, { isOpen: false, isMessageLoop: true })) return false;
    body!.unshift(mark);
    this.hasLoop = true;
    return true;
  }

  #allows(node: TemplateNode, place: Place): boolean {
    const closed = { ...place, isOpen: false };
    switch (node.type) {
      case 'If':
        return this.#allowsBranches(node, place);
      case 'For': {
        const inside = { isOpen: false, isMessageLoop: false };
        return (
          this.#allows(node.iterable as TemplateNode, closed) &&
          this.#isOther(node.loopvar) &&
          this.allowsAll(node.body!, inside) &&
          this.allowsAll(node.defaultBlock as TemplateNode[], closed)
        );
      }
      case 'Macro':
        this.#others.add((node.name as TemplateNode).value as string);
        // It may be called from the loop.
        return this.allowsAll(node.body!, { isOpen: false, isMessageLoop: true });
      case 'Set':
        return this.#allowsSet(node, place);
      case 'Break':
      case 'Continue':
        return !place.isMessageLoop;
      case 'Identifier':
        return this.#isOther(node) && !(place.isMessageLoop && node.value === 'loop');
      case 'MemberExpression':
        return this.#allowsMember(node, closed);
      default:
        return this.#children(node).every((child) => this.#allows(child, closed));
    }
  }

  #allowsBranches({ test, body, alternate }: TemplateNode, place: Place): boolean {
    const hadLoop = this.hasLoop;
    if (!this.#allows(test as TemplateNode, { ...place, isOpen: false })) return false;
    if (!this.allowsAll(body!, place)) return false;
    const hasLoop = this.hasLoop;
    this.hasLoop = hadLoop;
    if (!this.allowsAll(alternate as TemplateNode[], place)) return false;
    this.hasLoop ||= hasLoop;
    return true;
  }

  #allowsSet({ assignee, value, body }: TemplateNode, place: Place): boolean {
    const { type, object, ...target } = assignee as TemplateNode;
    if (type === 'MemberExpression') {
      if (!this.#isOther(object)) return false;
      this.#changesState ||= place.isMessageLoop;
    } else if (type !== 'Identifier') return false;
    else if (place.isOpen && this.#isList(value)) {
      const name = target.value as string;
      this.#lists.add(name);
      return !this.#others.has(name);
    } else if (!this.#isOther(assignee)) return false;
    else this.#others.add(target.value as string);
    const closed = { ...place, isOpen: false };
    return (
      (value === null || this.#allows(value as TemplateNode, closed)) && this.allowsAll(body ?? [], closed)
    );
  }

  #allowsMember({ object, property, computed }: TemplateNode, place: Place): boolean {
    const { type, value } = object as TemplateNode;
    const key = property as TemplateNode;
    if (type === 'Identifier' && this.#lists.has(value as string))
      return computed === true && key.type === 'IntegerLiteral' && key.value === 0;
    if (type === 'Identifier' && value === 'loop' && place.isMessageLoop)
      return computed === false && knownBefore.has(key.value as string);
    return this.#allows(object as TemplateNode, place) && (computed === false || this.#allows(key, place));
  }

  /** `messages`, `messages[1:]`, or a name of either. */
  #isList(expression: unknown): boolean {
    const { type, value, object, property, computed } = (expression ?? {}) as TemplateNode;
    if (type === 'Identifier') return this.#lists.has(value as string);
    if (type !== 'MemberExpression' || computed !== true || !this.#isList(object)) return false;
    const { type: kind, start, stop, step } = property as TemplateNode;
    if (kind !== 'SliceExpression' || stop !== undefined || step !== undefined) return false;
    return (
      (start as TemplateNode | undefined)?.type === 'IntegerLiteral' && (start as TemplateNode).value === 1
    );
  }

  /** Names nothing that tells of messages to come. */
  #isOther(target: unknown): boolean {
    const { type, value } = target as TemplateNode;
    if (type === 'TupleLiteral') return (value as TemplateNode[]).every((part) => this.#isOther(part));
    const name = value as string;
    return !this.#lists.has(name) && !(this.hasLoop && this.#changesState && this.#others.has(name));
  }

  #children(node: TemplateNode): TemplateNode[] {
    return Object.values(node)
      .flatMap((value) => (value instanceof Map ? [...value].flat() : value))
      .filter(isNode);
  }
}

const isNode = (value: unknown): value is TemplateNode =>
  typeof value === 'object' && value !== null && typeof (value as TemplateNode).type === 'string';
