/** One call of a tool, as the template writes it, with arguments that satisfy the tool's schema. */
import { LlmError } from '@llm/core';
import type { BpeTokenizer, CallSyntax } from '@llm/tokenizer';
import { schemaShape } from '../grammar/json-schema.js';
import { type GrammarSymbol, type Production, Rule, rulesOf } from '../grammar/rules.js';
import { LiteralTerminal, TokenTerminal } from '../grammar/terminal.js';
import type { ToolDefinition } from './tool-definitions.js';

/** Throws `assistant/tools-invalid` where the format's calls are not JSON, and `assistant/schema-…`. */
export function callRule(
  { open, json }: CallSyntax,
  tools: readonly ToolDefinition[],
  tokenizer: BpeTokenizer,
): GrammarSymbol {
  if (json === undefined || json.isQuoted)
    throw new LlmError({
      code: 'assistant/tools-invalid',
      message:
        'A call cannot be required of this model: its format does not write the arguments as a JSON object. Leave toolChoice out.',
    });
  const write = (text: string): GrammarSymbol[] => symbolsOf(text, tokenizer);
  return new Rule(() =>
    tools.map(
      ({ name, parameters }): Production => [
        ...write(`${open}${name}${json.middle}`),
        rulesOf(schemaShape(parameters)),
        ...write(json.close),
      ],
    ),
  );
}

/** Texts of control tokens are those tokens. */
function symbolsOf(text: string, { definition, specialTokens }: BpeTokenizer): GrammarSymbol[] {
  const added = new Map((definition.addedTokens ?? []).map(({ content, id }) => [content, id]));
  // Control tokens have no bytes; of other added tokens the model may write the letters.
  const controls = [...specialTokens.keys()].filter((content) => content !== '' && added.has(content));
  const at = controls
    .map((content) => ({ content, index: text.indexOf(content) }))
    .filter(({ index }) => index >= 0)
    .sort((a, b) => a.index - b.index || b.content.length - a.content.length)[0];
  if (at === undefined) return text === '' ? [] : [new LiteralTerminal(text)];
  const { content, index } = at;
  const before = index === 0 ? [] : [new LiteralTerminal(text.slice(0, index))];
  const rest = text.slice(index + content.length);
  return [
    ...before,
    new TokenTerminal(added.get(content)!),
    ...symbolsOf(rest, { definition, specialTokens } as BpeTokenizer),
  ];
}
