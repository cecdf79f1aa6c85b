/** Tools as a model is told of them, whatever their parameters are written in. */
import { type JsonValue, LlmError } from '@llm/core';
import type { ChatTool } from '../assistant.js';

export interface ToolDefinition {
  readonly name: string;
  readonly description: string | undefined;
  /** JSON schema. */
  readonly parameters: JsonValue;
  readonly call: ChatTool['call'];
}

/** Throws `assistant/tools-invalid`, naming the tool. */
export function toolDefinitions(tools: readonly ChatTool[]): ToolDefinition[] {
  const names = new Set<string>();
  return tools.map(({ name, description, parameters, call }, index) => {
    if (typeof name !== 'string' || name === '' || /\s/.test(name))
      throw invalid(`Tool ${index} has the name ${JSON.stringify(name)}; a tool's name is a word.`);
    if (names.has(name)) throw invalid(`Two tools have the name "${name}".`);
    names.add(name);
    return { name, description, parameters: jsonSchemaOf(parameters, `The tool "${name}"`), call };
  });
}

/** As transformers hands tools to a chat template. */
export function templateTool({ name, description, parameters }: ToolDefinition): JsonValue {
  return { type: 'function', function: { name, description: description ?? '', parameters } };
}

/** https://standardschema.dev/json-schema: a schema that says itself what JSON it takes (zod 4, valibot, arktype). */
export interface StandardJsonSchema {
  readonly '~standard': {
    readonly jsonSchema?:
      | { readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown> }
      | undefined;
  };
}

const anyObject: JsonValue = { type: 'object', properties: {} };

/** Throws `assistant/tools-invalid` for a schema library that does not say what JSON it takes. */
export function jsonSchemaOf(schema: JsonValue | StandardJsonSchema | undefined, owner: string): JsonValue {
  if (schema === undefined) return anyObject;
  const standard = isStandard(schema) ? schema['~standard'] : undefined;
  if (standard === undefined) return schema as JsonValue;
  if (standard.jsonSchema === undefined)
    throw invalid(
      `${owner} has a schema whose library does not write JSON schema ("~standard".jsonSchema is missing). Update the library, or give the JSON schema itself.`,
    );
  // Written once: what is no JSON in it (functions, undefined) goes.
  return JSON.parse(JSON.stringify(standard.jsonSchema.input({ target: 'draft-2020-12' }))) as JsonValue;
}

/** Libraries write their schemas as objects or as functions. */
function isStandard(schema: unknown): schema is StandardJsonSchema {
  return (
    ((typeof schema === 'object' && schema !== null) || typeof schema === 'function') && '~standard' in schema
  );
}

function invalid(message: string): LlmError {
  return new LlmError({ code: 'assistant/tools-invalid', message });
}
