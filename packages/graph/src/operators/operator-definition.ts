/**
 * What an entry of the operator table says: where the operator lives in ONNX and what its result looks like.
 */
import type { Operand, TensorSpecification } from '../tensors/tensor.js';

export type AttributeKind = 'int' | 'float' | 'string' | 'ints' | 'floats';
export type AttributeValue = number | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface OperatorCall {
  readonly inputs: readonly (Operand | undefined)[];
  readonly attributes: Attributes;
  /** How many outputs the caller wants; later ones of the operator are left out. */
  readonly outputCount: number;
}

export interface OperatorDefinition {
  /** '' is ai.onnx. */
  readonly domain: '' | 'com.microsoft';
  /** Least and greatest number of inputs. */
  readonly inputs: readonly [number, number];
  readonly attributes?: Readonly<Record<string, AttributeKind>> | undefined;
  /** Outputs after the first may be left out of the model when nothing reads them. */
  readonly optionalOutputs?: true | undefined;
  infer(call: OperatorCall): readonly TensorSpecification[];
}

export type OperatorFamily = Readonly<Record<string, OperatorDefinition>>;
