/**
 * https://standardschema.dev/json-schema: a schema that says itself what JSON it takes (zod 4, valibot,
 * arktype).
 */
export interface StandardJsonSchema {
  readonly '~standard': {
    readonly jsonSchema?:
      | { readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown> }
      | undefined;
  };
}
