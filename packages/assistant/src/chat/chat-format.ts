/**
 * How one model is talked to: its template, or, where that has no place for tools, the template with tools
 * written into the system message and into the turns as Hermes does, which most models of today have seen.
 */
import { type Conversation, type JsonValue, LlmError, type Message, type Part } from '@llm/core';
import {
  type BpeTokenizer,
  type CallSyntax,
  createTemplateRenderer,
  type TemplateRenderer,
  type TokenizerConfig,
} from '@llm/tokenizer';
import type { ThinkingMarks } from './answer-reader.js';
import { type ToolDefinition, templateTool } from './tool-definitions.js';

export interface ChatFormat {
  /** Ends an assistant's message. */
  readonly stopToken: number;
  readonly thinking: ThinkingMarks | undefined;
  /** Undefined without tools. */
  readonly calls: CallSyntax | undefined;
  /** The answer goes on right after an output, inside the same message: our own format. */
  readonly outputsStayInside: boolean;
  renderPrompt(conversation: Conversation): Int32Array;
  /** Where outputs stay inside. */
  renderToolOutput(text: string): Int32Array;
}

export interface ChatFormatOptions {
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
}

/** Compiled templates that are kept. */
const keptFormats = 16;

/** The formats of one model, by tools and variables. */
export class ChatFormats {
  readonly #kept = new Map<string, Promise<ChatFormat>>();

  constructor(
    private readonly tokenizer: BpeTokenizer,
    private readonly config: TokenizerConfig,
  ) {}

  /** Throws what `createTemplateRenderer` throws. */
  async get({ tools = [], variables = {} }: ChatFormatOptions): Promise<ChatFormat> {
    const key = JSON.stringify([tools.map(templateTool), variables]);
    const known = this.#kept.get(key);
    const format = known ?? this.#create(tools, variables);
    this.#kept.delete(key);
    this.#kept.set(key, format);
    if (known === undefined) format.catch(() => this.#kept.delete(key));
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > keptFormats && oldest !== undefined) this.#kept.delete(oldest);
    return format;
  }

  async #create(
    tools: readonly ToolDefinition[],
    variables: Readonly<Record<string, JsonValue>>,
  ): Promise<ChatFormat> {
    const { tokenizer, config } = this;
    const thinking = thinkingMarks(tokenizer, config);
    const plain = await createTemplateRenderer(tokenizer, config, { variables });
    const hermes: ChatFormat = {
      ...formatOf(plain, thinking, tools.length === 0 ? undefined : hermesCalls),
      renderPrompt: (conversation) =>
        plain.renderPrompt(
          tools.length > 0 ||
            conversation.messages.some(({ parts }) => parts.some(({ type }) => type !== 'text'))
            ? withHermesTools(conversation, tools)
            : conversation,
        ),
    };
    if (tools.length === 0)
      return plain.callSyntax() === undefined ? hermes : formatOf(plain, thinking, undefined);
    const told = await createTemplateRenderer(tokenizer, config, {
      variables,
      tools: tools.map(templateTool),
    }).catch((error: unknown) => {
      if (LlmError.isInstance(error)) return undefined;
      throw error;
    });
    const syntax = told?.callSyntax();
    if (told !== undefined && syntax?.output !== undefined && mentions(told, plain, tools))
      return formatOf(told, thinking, syntax);
    return hermes;
  }
}

function formatOf(
  renderer: TemplateRenderer,
  thinking: ThinkingMarks | undefined,
  calls: CallSyntax | undefined,
): ChatFormat {
  const { stopToken } = renderer;
  return {
    stopToken,
    thinking,
    calls,
    outputsStayInside: calls !== undefined && calls !== hermesCalls && !endsTurn(renderer),
    renderPrompt: (conversation) => renderer.renderPrompt(conversation),
    renderToolOutput: (text) => renderer.renderToolOutput(text),
  };
}

/** Whether the stop token comes between a call and its output. */
function endsTurn(renderer: TemplateRenderer): boolean {
  return renderer.renderToolOutput('a').includes(renderer.stopToken);
}

const question: Message = { role: 'user', parts: [{ type: 'text', text: 'a' }] };

/** Whether tools change the prompt: templates without a place for them pass them over. */
function mentions(
  told: TemplateRenderer,
  plain: TemplateRenderer,
  tools: readonly ToolDefinition[],
): boolean {
  const with_ = told.renderPrompt({ messages: [question] });
  const without = plain.renderPrompt({ messages: [question] });
  return tools.length > 0 && with_.join() !== without.join();
}

function thinkingMarks(tokenizer: BpeTokenizer, config: TokenizerConfig): ThinkingMarks | undefined {
  const isToken = (tokenizer.definition.addedTokens ?? []).some(({ content }) => content === '<think>');
  const isWritten = config.chatTemplate?.includes('<think>') || config.chatTemplate?.includes('</think>');
  return isToken || isWritten ? { open: '<think>', close: '</think>' } : undefined;
}

const hermesCalls: CallSyntax = {
  open: '<tool_call>\n{"name": "',
  gap: '\n',
  json: { middle: '", "arguments": ', close: '}\n</tool_call>', isQuoted: false },
  text: undefined,
  output: ['<tool_response>\n', '\n</tool_response>'],
};

/** Calls become text, outputs messages of the user, and the system message tells of the tools (Nous Research's Hermes). */
export function withHermesTools(conversation: Conversation, tools: readonly ToolDefinition[]): Conversation {
  const written: { role: Message['role']; parts: Part[] }[] = [];
  const say = (role: Message['role'], text: string): void => {
    const last = written.at(-1);
    if (last?.role !== role) written.push({ role, parts: [{ type: 'text', text }] });
    else last.parts.push({ type: 'text', text: `\n${text}` });
  };
  const { messages } = conversation;
  const system = messages[0]?.role === 'system' ? messages[0] : undefined;
  const told = `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
${tools.map((tool) => JSON.stringify(templateTool(tool))).join('\n')}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;
  const own = system?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? '';
  const opening = [own, tools.length > 0 ? told : ''].filter((text) => text !== '');
  if (opening.length > 0) say('system', opening.join('\n\n'));
  for (const { role, parts } of system === undefined ? messages : messages.slice(1))
    for (const part of parts) {
      if (part.type === 'text') say(role, part.text);
      else if (part.type === 'tool-output') say('user', `<tool_response>\n${part.text}\n</tool_response>`);
      else
        say(
          'assistant',
          `<tool_call>\n{"name": ${JSON.stringify(part.tool)}, "arguments": ${part.input}}\n</tool_call>`,
        );
    }
  return { messages: written };
}
