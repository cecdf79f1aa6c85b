import type { ExceptionTable } from './exceptions.js';

/** What a language has of its own; the rest is what spaCy's languages share. */
export interface LanguageRules {
  readonly prefixes?: readonly string[] | undefined;
  readonly suffixes?: readonly string[] | undefined;
  readonly infixes?: readonly string[] | undefined;
  readonly exceptions?: ((table: ExceptionTable) => void) | undefined;
  /** The shared exceptions that the language has. Default all. */
  readonly shared?: ((exception: string) => boolean) | undefined;
  /** What it matches is one word; anchored at the start. */
  readonly whole?: RegExp | undefined;
}
