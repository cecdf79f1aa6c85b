/** A dialogue as data: what SFT imitates, what RL continues, what the chat shows. */
export type Role = 'system' | 'user' | 'assistant';

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** The assistant asks a tool: `{ tool: 'calculator', input: '12+30' }`. */
export interface ToolCallPart {
  readonly type: 'tool-call';
  /** A word: not empty, no space in it. */
  readonly tool: string;
  /**
   * As it was written: JSON arguments stay the text they are,
   * because numbers and the order of keys would not survive parsing.
   */
  readonly input: string;
}

/**
 * What the tool answered. Comes right after its call, inside the same assistant message, or after the calls
 * made together with it, the outputs in the order of the calls; never trained on.
 */
export interface ToolOutputPart {
  readonly type: 'tool-output';
  readonly text: string;
}

export type Part = TextPart | ToolCallPart | ToolOutputPart;

export interface Message {
  readonly role: Role;
  /** Only assistant messages may hold tool calls and outputs. */
  readonly parts: readonly Part[];
  /**
   * Of an assistant message: false when it is there to be read and not to be imitated (`weight: 0` in
   * OpenAI's rows). Default true. A renderer's mask does not depend on it: who trains leaves the message out.
   */
  readonly trained?: boolean | undefined;
}

/** Optional system message first, then user and assistant in turn, user first. */
export interface Conversation {
  readonly id?: string | undefined;
  /** Where it was read, `chats.jsonl:12`: what is said of it later names file and line. */
  readonly origin?: string | undefined;
  readonly messages: readonly Message[];
}

/** A conversation as ids, and 1 in `mask` where the id is the assistant's own (its stop token included). */
export interface RenderedConversation {
  /** [length] */
  readonly ids: Int32Array;
  /** [length]; 0 for control tokens of other roles, user text, system text and tool output */
  readonly mask: Uint8Array;
}

/** Conversations ⇄ ids for one tokenizer. Text of any role can never become a control token. */
export interface ConversationRenderer {
  readonly specificationVersion: 'v1';
  /** Ends an assistant message; generation stops on it. */
  readonly stopToken: number;
  /**
   * The tokenizer's: ids from here on stand for nothing, they are rows that pad a model's vocabulary. Given
   * to `generate`, so that none is drawn. Default: all ids of the model have a meaning.
   */
  readonly vocabularySize?: number | undefined;
  /** Throws `tokenizer/conversation-invalid` when roles do not alternate or a part is misplaced. */
  render(conversation: Conversation): RenderedConversation;
  /**
   * Ids up to and including the token that opens the assistant's
   * next message. The last message must be the user's.
   */
  renderPrompt(conversation: Conversation): Int32Array;
  /**
   * Reads what the model generated after a prompt (with or without the stop token) back into parts. Never
   * throws: an id that the tokenizer lacks contributes no text.
   */
  parse(ids: ArrayLike<number>): ParsedCompletion;
  /** Ids of `tool-output` control tokens around a tool's answer, to be forced into a running generation. */
  renderToolOutput(text: string): Int32Array;
  /**
   * When `ids` (generated so far) ends by closing a well-formed tool call, that call; otherwise undefined.
   */
  openToolCall(ids: ArrayLike<number>): ToolCallPart | undefined;
}

export interface ParsedCompletion {
  readonly parts: readonly Part[];
  /**
   * The stop token was there, every control token was opened and closed in order, no foreign role began,
   * every call names a tool, every output follows its call, and every id is the tokenizer's. `render` takes
   * such parts as an assistant's message; of others `renderableParts` keeps what it takes.
   */
  readonly wellFormed: boolean;
}

/** The plain text of a message: its text parts joined. */
export function messageText(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Shorthand for messages of a single text part. */
export function textMessage(role: Role, text: string): Message {
  return { role, parts: [{ type: 'text', text }] };
}
