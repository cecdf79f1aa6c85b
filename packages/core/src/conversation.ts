/** A dialogue as data: what SFT imitates, what RL continues, what the chat shows. */
export type Role = 'system' | 'user' | 'assistant';

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** The assistant asks a tool: `{ tool: 'calculator', input: '12+30' }`. */
export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly tool: string;
  readonly input: string;
}

/** What the tool answered. Comes right after its call, inside the same assistant message; never trained on. */
export interface ToolOutputPart {
  readonly type: 'tool-output';
  readonly text: string;
}

export type Part = TextPart | ToolCallPart | ToolOutputPart;

export interface Message {
  readonly role: Role;
  /** Only assistant messages may hold tool calls and outputs. */
  readonly parts: readonly Part[];
}

/** Optional system message first, then user and assistant in turn, user first. */
export interface Conversation {
  readonly id?: string | undefined;
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
  /** Throws `tokenizer/conversation-invalid` when roles do not alternate or a part is misplaced. */
  render(conversation: Conversation): RenderedConversation;
  /** Ids up to and including the token that opens the assistant's next message. The last message must be the user's. */
  renderPrompt(conversation: Conversation): Int32Array;
  /** Reads what the model generated after a prompt (with or without the stop token) back into parts. */
  parse(ids: ArrayLike<number>): ParsedCompletion;
  /** Ids of `tool-output` control tokens around a tool's answer, to be forced into a running generation. */
  renderToolOutput(text: string): Int32Array;
  /** When `ids` (generated so far) ends by closing a well-formed tool call, that call; otherwise undefined. */
  openToolCall(ids: ArrayLike<number>): ToolCallPart | undefined;
}

export interface ParsedCompletion {
  readonly parts: readonly Part[];
  /** The stop token was there, every control token was opened and closed in order, and no foreign role began. */
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
