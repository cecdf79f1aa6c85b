/** Hugging Face's `tokenizer_config.json`: the names of special tokens and the chat template that lie beside a `tokenizer.json`. */
import { arrayAt, isObject, objectAt, parseJson, stringAt } from '../formats/json-reading.js';

export interface TokenizerConfig {
  /** Jinja source of the default chat template. */
  readonly chatTemplate?: string;
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
  if (chosen === undefined) return { tokens };
  return { chatTemplate: stringAt(file, 'chat_template[].template', chosen.template), tokens };
}

/** For transformers to load beside the file of `toTokenizerJson`. */
export function writeTokenizerConfig({ chatTemplate, tokens }: TokenizerConfig): string {
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    ...tokens,
    ...(chatTemplate === undefined ? {} : { chat_template: chatTemplate }),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** The chat format of `createChatRenderer` as a Jinja template, for text messages; goes into `writeTokenizerConfig`. */
export const chatTemplate =
  "{{ '<|bos|>' }}{% for message in messages %}" +
  "{{ '<|' + message['role'] + '_start|>' + message['content'] + '<|' + message['role'] + '_end|>' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant_start|>' }}{% endif %}";
