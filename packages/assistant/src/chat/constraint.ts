/** What restricts the tokens of a row: a JSON schema, or a tool that must be called. */
import type { JsonValue } from '@llm/core';
import { LlmError } from '@llm/core';
import type { AnswerOptions, ChatOptions } from '../assistant.js';
import { schemaShape } from '../grammar/json-schema.js';
import { GrammarMatcher } from '../grammar/matcher.js';
import { type GrammarSymbol, Rule, rulesOf } from '../grammar/rules.js';
import { trieOf } from '../grammar/token-trie.js';
import type { RowSource } from './answer-row.js';
import { callRule } from './call-grammar.js';
import type { ChatFormat } from './chat-format.js';
import type { RowOptions } from './token-stream.js';
import { jsonSchemaOf, type StandardJsonSchema, type ToolDefinition } from './tool-definitions.js';

export interface Constraint extends Pick<RowOptions, 'allowedTokens'> {
  /** All is said: nothing could come but the end. */
  readonly isComplete: () => boolean;
}

export interface ConstraintOptions
  extends Pick<AnswerOptions, 'jsonSchema'>,
    Pick<ChatOptions, 'toolChoice'> {
  readonly stopTokens: readonly number[];
  /** Before any tool was run. */
  readonly isFirst: boolean;
}

/**
 * Undefined where the model may say what it likes. A schema may stand beside tools: the answer is then a call
 * or JSON. Throws `assistant/schema-…` or `assistant/tools-invalid`.
 */
export function constraintOf(
  source: RowSource,
  format: Pick<ChatFormat, 'calls'> | undefined,
  tools: readonly ToolDefinition[],
  { jsonSchema, toolChoice, stopTokens, isFirst }: ConstraintOptions,
): Constraint | undefined {
  const mustCall = isFirst && (toolChoice === 'required' || typeof toolChoice === 'object');
  const callable = calledTools(tools, toolChoice);
  const answers: GrammarSymbol[] = [];
  if (mustCall || (jsonSchema !== undefined && tools.length > 0)) {
    if (format?.calls === undefined)
      throw invalidChoice('toolChoice asks for a call, and there are no tools.');
    answers.push(callRule(format.calls, mustCall ? callable : tools, source.tokenizer));
  }
  if (jsonSchema !== undefined && !mustCall) answers.push(rulesOf(schemaShape(answerSchema(jsonSchema))));
  if (answers.length === 0) return undefined;
  const root = new Rule(() => answers.map((answer) => [answer]));
  const trie = trieOf(source.tokenizer);
  const words = Math.ceil(source.model.vocabularySize / 32);
  const matcher = new GrammarMatcher(root, trie, stopTokens, words);
  let followed = 0;
  const follow = (generated: readonly number[]): void => {
    for (; followed < generated.length; followed++) {
      const id = generated[followed]!;
      if (!stopTokens.includes(id)) matcher.accept(id, bytesOf(source, id));
    }
  };
  return {
    allowedTokens: (_, generated) => {
      follow(generated);
      return matcher.mask();
    },
    isComplete: () => matcher.isComplete,
  };
}

/** Control tokens are followed by their id. */
function bytesOf({ tokenizer, controls }: RowSource, id: number): Uint8Array {
  return controls.of(id) === undefined ? tokenizer.tokenBytes(id) : new Uint8Array();
}

function answerSchema(schema: JsonValue | StandardJsonSchema): JsonValue {
  return schema === true ? { type: 'object' } : jsonSchemaOf(schema, 'The option jsonSchema');
}

function calledTools(
  tools: readonly ToolDefinition[],
  choice: ChatOptions['toolChoice'],
): readonly ToolDefinition[] {
  if (typeof choice !== 'object') return tools;
  const chosen = tools.filter(({ name }) => name === choice.name);
  if (chosen.length === 0)
    throw invalidChoice(
      `toolChoice names the tool "${choice.name}", which is not among ${tools.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  return chosen;
}

function invalidChoice(message: string): LlmError {
  return new LlmError({ code: 'assistant/tools-invalid', message });
}
