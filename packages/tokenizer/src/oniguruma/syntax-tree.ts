/** What a pattern says, after parsing. */
import type { CodePointSet } from './code-point-set.js';

export type Assertion =
  | 'text-start'
  | 'text-end'
  | 'text-end-before-newline'
  | 'line-start'
  | 'line-end'
  | 'word-boundary'
  | 'no-word-boundary';

export type SyntaxNode =
  /** One character of a set. */
  | { readonly type: 'set'; readonly set: CodePointSet }
  /** Characters one after the other, in any case where `ignoresCase`. */
  | { readonly type: 'text'; readonly text: string; readonly ignoresCase: boolean }
  | { readonly type: 'sequence'; readonly items: readonly SyntaxNode[] }
  | { readonly type: 'alternatives'; readonly items: readonly SyntaxNode[] }
  | {
      readonly type: 'repeat';
      readonly body: SyntaxNode;
      readonly least: number;
      /** Infinity where there is no limit. */
      readonly most: number;
      readonly kind: 'greedy' | 'reluctant' | 'possessive';
    }
  | { readonly type: 'atomic'; readonly body: SyntaxNode }
  | {
      readonly type: 'look';
      readonly isBehind: boolean;
      readonly isNegative: boolean;
      readonly body: SyntaxNode;
    }
  | { readonly type: 'assertion'; readonly assertion: Assertion };
