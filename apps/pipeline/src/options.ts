/**
 * Everything that decides a run, as plain data: what `config.json` keeps and every stage's settings come
 * from.
 */
import type { RecordOptions } from './explaining/recorded.js';
import type { InputFile } from './inputs/input-file.js';

export const presetNames = ['smoke', 'default', 'hour'] as const;
export type PresetName = (typeof presetNames)[number];

/** Single pages of a crawl of Common Crawl, found in its index. */
export interface CapturesInput {
  readonly kind: 'captures';
  readonly crawl: string;
  readonly domain?: string | undefined;
  readonly urls?: readonly string[] | undefined;
  /** Which index is searched. */
  readonly index: 'server' | 'table';
  /** Other places than Common Crawl's own. */
  readonly data?: string | undefined;
  readonly indexServer?: string | undefined;
}

/** What else the data stage asks of documents; absent: FineWeb's steps for English. */
export interface FilterOptions {
  readonly rules?: 'datatrove-0.10' | 'fineweb-v1' | 'fineweb-2' | 'none' | undefined;
  /** Of `fineweb-v1`: a folder of NLTK's punkt_tab, by whose words the release was filtered. */
  readonly punkt?: string | undefined;
  readonly languages?: readonly string[] | undefined;
  /** A fastText model instead of lid.176. */
  readonly languageModel?: string | undefined;
  readonly licences?: readonly string[] | undefined;
  readonly unknownLicence?: 'keep' | 'drop' | undefined;
  /** A folder with a classifier in ONNX, or a fastText model. */
  readonly qualityModel?: string | undefined;
  readonly qualityLabel?: string | undefined;
  readonly minQuality?: number | undefined;
  readonly sample?: number | undefined;
}

/** What is looked for in the whole corpus: documents alike, and parts of texts. */
export const repeated = ['minhash', 'exact', 'url', 'sentences', 'substrings'] as const;
export type Repeated = (typeof repeated)[number];

/** What happens to the whole corpus, where it is not what always does. */
export interface CleaningOptions {
  /** Default: `minhash` and `exact`. Empty: repeats stay. */
  readonly deduplicate?: readonly Repeated[] | undefined;
  /** Documents that share n-grams with these go. */
  readonly evaluations?: readonly InputFile[] | undefined;
  readonly wordsPerNgram?: number | undefined;
  /** N-grams of questions, too. */
  readonly questions?: boolean | undefined;
  /** Keeps what later runs need to leave out what this one has. */
  readonly index?: true | undefined;
  /** Folders or addresses of earlier runs with an index, and what the index was; not known of addresses. */
  readonly earlier?: readonly { readonly place: string; readonly digest?: string | undefined }[] | undefined;
}

export interface PipelineOptions {
  readonly preset: PresetName;
  readonly seed: number;
  /** Threads of the executor; part of the run because sums may round differently with another number. */
  readonly threads: number;
  readonly input:
    | { readonly kind: 'miniweb'; readonly pages: number }
    | { readonly kind: 'files'; readonly files: readonly InputFile[] }
    | CapturesInput;
  readonly filters?: FilterOptions | undefined;
  readonly cleaning?: CleaningOptions | undefined;
  /** The user's own conversations; with none, the miniweb's. */
  readonly conversations: readonly InputFile[];
  /** Files in the user's folders that were not taken, by reason; absent when there are none. */
  readonly passedOver?: Readonly<Record<string, number>> | undefined;
  /** What the data stage writes down of its pages; absent: nothing. */
  readonly record?: RecordOptions | undefined;
  readonly tokenizer: {
    readonly vocabularySize: number;
    /** Text to learn merges from, in characters; the rest of the corpus adds little. */
    readonly maximumCharacters: number;
  };
  readonly model: {
    readonly depth: number;
    /** null: what the dial gives, 64 · depth. */
    readonly width: number | null;
    readonly contextLength: number;
  };
  readonly pretrain: {
    readonly steps: number;
    readonly rows: number;
    readonly columns: number;
    readonly learningRate: number;
    /** Muon's, of matrices. */
    readonly weightDecay: number;
    readonly saveEvery: number;
    /** Steps on random tokens that come again, before the first page; 0: none. */
    readonly copyingSteps: number;
    /** Share of the rows that such tokens have among the pages. */
    readonly copyingShare: number;
    /** Share of the inputs that other tokens stand in for: see `pretrain` of `@llm/model`. */
    readonly inputNoise: number;
    /** Documents kept out of training to measure bits per byte. */
    readonly heldOutDocuments: number;
    /** At most this many characters of the corpus are trained on. */
    readonly maximumCharacters: number;
  };
  readonly sft: {
    /** How many to generate when there are none of the user's. */
    readonly conversations: number;
    /**
     * Beside the generated ones: in which a text of the run is told or gone on with, at most so many. Not of
     * the invented web, of which facts are asked. Absent, as in runs of before: none.
     */
    readonly textConversations?: number | undefined;
    /** At most this many of each of the user's files. */
    readonly maximumConversations: number;
    readonly heldOutConversations: number;
    /**
     * Pages read again among the conversations, as a share of all tokens, so that what pretraining stored is
     * not overwritten: mid-training and SFT in one.
     */
    readonly rehearsal: number;
    /**
     * Share of the steps before pages come in: copying from the window forms faster while nothing else is
     * learned.
     */
    readonly rehearsalFrom: number;
    readonly steps: number;
    readonly rows: number;
    readonly columns: number;
    readonly learningRate: number;
    readonly saveEvery: number;
  };
  /** Sums: demonstrated in SFT, practised in RL. */
  readonly tasks: {
    /** Most digits of an operand. */
    readonly digits: number;
    /**
     * Demonstrations put beside the user's own conversations, as a share of all; without any, practice finds
     * no reward.
     */
    readonly demonstrationShare: number;
    /** Share of additions among the miniweb's conversations. */
    readonly arithmeticShare: number;
    /**
     * Share of additions that ask for the calculator; where a small model learns to copy operands into a
     * call.
     */
    readonly requestShare: number;
    /**
     * Share of the other additions answered with the calculator unasked: low, so that practice has something
     * to find.
     */
    readonly toolShare: number;
  };
  /** What the models of the invented web are asked for the report; 0: nothing. */
  readonly claims: {
    /** Questions of each set. */
    readonly questions: number;
    /**
     * Whether the base model is asked for the facts that conversations teach first, so that those it does not
     * know are refused instead of taught.
     */
    readonly interrogate: boolean;
  };
  readonly rl: {
    readonly steps: number;
    readonly promptsPerStep: number;
    readonly samplesPerPrompt: number;
    /** A call, its output and the answer must fit, or no answer that calls earns anything. */
    readonly maxNewTokens: number;
    readonly learningRate: number;
    /** What a nat of distance from the fine-tuned model costs: chance alone would carry the policy away. */
    readonly klCoefficient: number;
    readonly saveEvery: number;
    /** Held-out prompts for the accuracy before and after. */
    readonly heldOutTasks: number;
  };
}
