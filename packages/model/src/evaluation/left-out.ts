/**
 * Why a row is not answered: `too-long` for the model's window, or `empty`: nothing in it can be predicted.
 */
export interface LeftOut {
  readonly reason: 'too-long' | 'empty';
  readonly message: string;
}

export const isLeftOut = <Other extends object>(value: Other | LeftOut): value is LeftOut =>
  'reason' in value;
