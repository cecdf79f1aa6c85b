import { checkChoice, LlmError } from '@llm/core';
import { checkOptions, type OptionKinds } from '../../page/check-options.js';
import type { DataInput } from './data-input.js';

const inputKinds: OptionKinds<DataInput> = { kind: 'text!', path: 'text!', field: 'text', quality: 'text' };
const inputForms: readonly DataInput['kind'][] = ['warc', 'text', 'jsonl', 'csv', 'parquet'];

/** Throws `data/option-invalid`, `core/option-invalid`. */
export function checkInputs(inputs: readonly DataInput[]): void {
  for (const [at, input] of inputs.entries()) {
    checkOptions(`inputs[${at}]`, input, inputKinds);
    checkChoice(`inputs[${at}].kind`, input.kind, inputForms);
    checkChoice(`inputs[${at}].quality`, input.quality, ['filter', 'keep']);
    if (input.field !== undefined && (input.kind === 'warc' || input.kind === 'text'))
      throw new LlmError({
        code: 'data/option-invalid',
        message: `"field" of inputs[${at}] (${input.path}) names a field of a row, and an input of the kind ${input.kind} has no rows. Leave it out.`,
        details: { what: `inputs[${at}]`, option: 'field' },
      });
  }
}
