/**
 * What each stage says about itself in its marker and in the report: figures that a rerun reproduces exactly.
 * Times and memory come from the log instead.
 */
import type { AssistantClaims } from '../claims/assistant-claims.js';
import type { BaseClaims } from '../claims/base-claims.js';

export type CrawlSummary = {
  readonly pages: number;
  readonly bytes: number;
};

export type GroundTruthMiss = {
  readonly id: string;
  /** `kept`, or `step/reason`. */
  readonly expected: string;
  readonly actual: string;
};

export type DataSummary = {
  readonly pages: number;
  readonly kept: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly funnel: readonly {
    readonly step: string;
    readonly entered: number;
    readonly left: number;
    readonly dropped: Readonly<Record<string, number>>;
  }[];
  readonly characters: number;
  readonly languages: Readonly<Record<string, number>>;
  /** Only for the miniweb, whose every page says what should happen to it. */
  readonly groundTruth: {
    readonly pages: number;
    readonly met: number;
    readonly misses: readonly GroundTruthMiss[];
    /** Near-duplicates that MinHash finds or not by chance, and that fell out the less likely way. */
    readonly byChance: readonly GroundTruthMiss[];
  } | null;
};

export type TokenizerSummary = {
  readonly vocabularySize: number;
  readonly bytesPerToken: number;
  readonly trainedCharacters: number;
  readonly examples: readonly { readonly text: string; readonly tokens: readonly string[] }[];
};

export type Sample = { readonly prompt: string; readonly text: string };

export type PretrainSummary = {
  readonly parameters: number;
  readonly steps: number;
  readonly corpusTokens: number;
  readonly trainedTokens: number;
  readonly heldOutDocuments: number;
  readonly bitsPerByteBefore: number;
  readonly bitsPerByteAfter: number;
  readonly samples: readonly Sample[];
  /** Of the invented web; null where nothing was asked. */
  readonly claims: BaseClaims | null;
};

export type SftSummary = {
  readonly conversations: number;
  /** Lines of the user's files that were no conversation. */
  readonly skipped: number;
  readonly skippedByReason: Readonly<Record<string, number>>;
  /** Conversations that were read and could not be trained on. */
  readonly leftOutByReason: Readonly<Record<string, number>>;
  readonly steps: number;
  /** Share of answers to held-out prompts that are whole messages, right or wrong. */
  readonly formatValidBefore: number;
  readonly formatValidAfter: number;
  readonly formatPrompts: number;
  readonly heldOutLossBefore: number;
  readonly heldOutLossAfter: number;
  /** Share of right answers to held-out sums, of `sums` questions. */
  readonly rightSumsBefore: number;
  readonly rightSumsAfter: number;
  readonly sums: number;
  /** The same for facts of the invented web; null when the input is the user's own. */
  readonly rightFactsBefore: number | null;
  readonly rightFactsAfter: number | null;
  readonly facts: number;
  /** Facts that the base model did not know when it was asked, so that refusals were taught. */
  readonly unlearnedFacts: number;
  readonly samples: readonly Sample[];
  /** Of the invented web; null where nothing was asked. */
  readonly claims: AssistantClaims | null;
};

export type RlSummary = {
  readonly tasks: string;
  readonly steps: number;
  /** Of greedy answers: a small change of the odds can change all of them. */
  readonly accuracyBefore: number;
  readonly accuracyAfter: number;
  /** Mean accuracy of samples at temperature 1, of an eighth of the prompts. */
  readonly sampledAccuracyBefore: number;
  readonly sampledAccuracyAfter: number;
  /** Held-out prompts behind each accuracy. */
  readonly n: number;
  /** 95 % confidence, of the accuracy before and after. */
  readonly intervalBefore: readonly [number, number];
  readonly intervalAfter: readonly [number, number];
  readonly toolCallRateBefore: number;
  readonly toolCallRateAfter: number;
  readonly formatValidAfter: number;
  readonly samples: readonly Sample[];
};

/** Stages in their order, by their names. */
export interface StageSummaries {
  readonly crawl: CrawlSummary;
  readonly data: DataSummary;
  readonly tokenizer: TokenizerSummary;
  readonly pretrain: PretrainSummary;
  readonly sft: SftSummary;
  readonly rl: RlSummary;
  readonly control: RlSummary;
}
