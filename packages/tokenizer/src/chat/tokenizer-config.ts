/**
 * Hugging Face's `tokenizer_config.json`: the names of special
 * tokens and the chat template that lie beside a `tokenizer.json`.
 */
import {
  arrayAt,
  isObject,
  type JsonObject,
  objectAt,
  parseJson,
  stringAt,
} from '../formats/json-reading.js';

export interface TokenizerConfig {
  /** Jinja source of the default chat template. */
  readonly chatTemplate?: string | undefined;
  /**
   * Of a file with several templates the one named `tool_use`: transformers takes it when there are tools.
   */
  readonly toolChatTemplate?: string | undefined;
  /** `bos_token`, `eos_token`, `pad_token` … → text. */
  readonly tokens: Readonly<Record<string, string>>;
}

const file = 'tokenizer_config.json';

/** Throws `tokenizer/file-invalid`. */
export function readTokenizerConfig(text: string): TokenizerConfig {
  const root = objectAt(file, 'the file', parseJson(file, text));
  const tokens: Record<string, string> = {};
  for (const [name, value] of Object.entries(root)) {
    if (!/^[a-z]+_token$/.test(name)) continue;
    if (typeof value === 'string') tokens[name] = value;
    else if (isObject(value)) tokens[name] = stringAt(file, `${name}.content`, value.content);
  }
  const template = root.chat_template;
  if (template === undefined || template === null) return { tokens };
  if (typeof template === 'string') return { chatTemplate: template, tokens };
  const named = arrayAt(file, 'chat_template', template).map((entry, i) =>
    objectAt(file, `chat_template[${i}]`, entry),
  );
  const chosen = named.find(({ name }) => name === 'default') ?? named[0];
  const forTools = named.find(({ name }) => name === 'tool_use');
  const sourceOf = (entry: JsonObject): string => stringAt(file, 'chat_template[].template', entry.template);
  return {
    tokens,
    chatTemplate: chosen && sourceOf(chosen),
    toolChatTemplate: forTools && sourceOf(forTools),
  };
}

/** For transformers to load beside the file of `toTokenizerJson`. */
export function writeTokenizerConfig({ chatTemplate, toolChatTemplate, tokens }: TokenizerConfig): string {
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    ...tokens,
    chat_template:
      toolChatTemplate === undefined || chatTemplate === undefined
        ? chatTemplate
        : [
            { name: 'default', template: chatTemplate },
            { name: 'tool_use', template: toolChatTemplate },
          ],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/**
 * The chat format of `createChatRenderer` as a Jinja template; goes into `writeTokenizerConfig`. In it, too,
 * a tool's output lies inside the assistant's message.
 */
export const chatTemplate =
  "{{ '<|bos|>' }}{% for message in messages %}" +
  "{% set before = messages[loop.index0 - 1].role if loop.index0 > 0 else '' %}" +
  "{% set after = '' if loop.last else messages[loop.index0 + 1].role %}" +
  "{% if message.role == 'tool' %}{{ '<|tool_output_start|>' + message.content + '<|tool_output_end|>' }}{% else %}" +
  "{% if before != 'tool' or message.role != 'assistant' %}{{ '<|' + message.role + '_start|>' }}{% endif %}" +
  "{{ message.content or '' }}{% for call in message.tool_calls or [] %}" +
  "{{ '<|tool_call_start|>' + call.function.name }}{% if call.function.arguments %}" +
  "{{ ' ' + (call.function.arguments if call.function.arguments is string else call.function.arguments | tojson) }}" +
  "{% endif %}{{ '<|tool_call_end|>' }}{% endfor %}{% endif %}" +
  "{% if message.role == 'tool' %}{% if after != 'assistant' and not (loop.last and add_generation_prompt) %}{{ '<|assistant_end|>' }}{% endif %}" +
  "{% elif message.role != 'assistant' or after != 'tool' %}{{ '<|' + message.role + '_end|>' }}{% endif %}" +
  "{% endfor %}{% if add_generation_prompt and messages[-1].role != 'tool' %}{{ '<|assistant_start|>' }}{% endif %}";
