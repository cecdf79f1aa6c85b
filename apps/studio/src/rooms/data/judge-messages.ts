/** What the page and the worker that judges pages say to each other. */
import type { ExplainedPage } from '../../wire/index.js';

export type JudgeRequest =
  | { readonly kind: 'text'; readonly url: string; readonly content: string }
  | { readonly kind: 'file'; readonly url: string; readonly file: File };

export type JudgeAnswer =
  | { readonly kind: 'judged'; readonly page: ExplainedPage }
  /** Only that much is kept of it. No step: it was kept. */
  | {
      readonly kind: 'fate';
      readonly url: string;
      readonly step?: string | undefined;
      readonly reason?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done' };
