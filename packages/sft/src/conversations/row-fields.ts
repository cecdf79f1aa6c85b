/**
 * The fields of a row or of a message, so that none is passed over in silence: what is taken is understood;
 * of the rest, data about the conversation (`id`, `source`) is of no concern here, what is part of the
 * conversation makes the row unusable by name, and anything else is ignored and counted.
 */

export type RowReason = 'form' | 'roles' | 'empty' | 'field' | 'untrained' | 'same';

/** Why a row is no conversation. */
export class RowError extends Error {
  constructor(
    readonly reason: RowReason,
    message: string,
  ) {
    super(message);
  }
}

/** What is known while a row is read. */
export interface RowReading {
  /** The row as it was written. */
  readonly text: string;
  /**
   * Notes the fields that nobody took: `messages[].name` for
   * the place `messages[]`. Throws as `RowFields.ignored`.
   */
  readonly ignore: (place: string, fields: RowFields) => void;
}

/** And while one of its messages is. */
export interface MessageReading extends RowReading {
  /** What the messages of the row are called: `messages[]`. */
  readonly place: string;
  readonly index: number;
  /** Keys and indices from the top of the row to the message. */
  readonly path: readonly (string | number)[];
}

export class RowFields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #taken = new Set<string>();

  /** `where`: `message 3`; empty for the row itself. */
  constructor(
    value: object,
    readonly where = '',
  ) {
    this.#values = value as Record<string, unknown>;
  }

  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** Whether it is there and not null. */
  has(name: string): boolean {
    return Object.hasOwn(this.#values, name) && (this.#values[name] ?? undefined) !== undefined;
  }

  /** The value, understood from now on; undefined when it is absent or null. */
  take(name: string): unknown {
    this.#taken.add(name);
    return this.has(name) ? this.#values[name] : undefined;
  }

  /** A text; undefined when it is absent. Throws `RowError` `form` for anything else. */
  takeText(name: string): string | undefined {
    const value = this.take(name);
    if (value === undefined || typeof value === 'string') return value;
    throw new RowError('form', `${this.place}"${name}" must be a text`);
  }

  /** A text that must be there. */
  requireText(name: string): string {
    const text = this.takeText(name);
    if (text === undefined) throw new RowError('form', `${this.place}"${name}" must be a text`);
    return text;
  }

  /** `message 3: `, before the name of a field. */
  get place(): string {
    return this.where === '' ? '' : `${this.where}: `;
  }

  /**
   * Names of fields that hold something and that nobody took.
   * Throws `RowError` `field` for a part of the conversation.
   */
  ignored(): string[] {
    const left = this.names.filter(
      (name) => !this.#taken.has(name) && !metadata.has(name) && !isEmpty(this.#values[name]),
    );
    const parts = this.where === '' ? partsOfRows : partsOfMessages;
    const lost = left.find((name) => parts.has(name) || reasoning.test(name));
    if (lost === undefined) return left;
    throw new RowError(
      'field',
      `${this.place}"${lost}" is part of the conversation and cannot be kept; write it into the text or remove it`,
    );
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Said, seen or left out of training: without it the model would learn something else. */
const partsOfBoth = [
  'image',
  'images',
  'video',
  'videos',
  'audio',
  'audios',
  'file',
  'files',
  'attachments',
  'documents',
];
const partsOfRows = new Set([
  ...partsOfBoth,
  'system',
  'system_prompt',
  'history',
  'context',
  'contexts',
  'input',
]);
const partsOfMessages = new Set([
  ...[...partsOfBoth, 'tool_calls', 'function_call', 'tool_call_id', 'tool_plan', 'refusal', 'prefix'],
  ...['mask', 'masked', 'loss_mask', 'train_detail', 'training_detail'],
]);
const reasoning =
  /^(chain_of_thought|cot|rationale|scratchpad|(think(ing)?|thoughts?|reasoning)(_(content|text|details|blocks|process))?)$/;

/** About the conversation, not in it. */
const metadata = new Set([
  ...[
    'id',
    'uid',
    'uuid',
    'guid',
    'key',
    'idx',
    'index',
    'row_id',
    'hash',
    'parent_id',
    'message_id',
    'conversation_id',
  ],
  ...[
    'conv_id',
    'dialogue_id',
    'thread_id',
    'prompt_id',
    'question_id',
    'tree',
    'tree_id',
    'turn',
    'turns',
    'num_turns',
  ],
  ...[
    'source',
    'sources',
    'dataset',
    'data_source',
    'origin',
    'set',
    'split',
    'subset',
    'url',
    'license',
    'licence',
  ],
  ...[
    'language',
    'lang',
    'locale',
    'topic',
    'topics',
    'category',
    'categories',
    'subject',
    'domain',
    'services',
    'tags',
  ],
  ...[
    'task',
    'task_type',
    'difficulty',
    'level',
    'score',
    'rating',
    'quality',
    'model',
    'generator',
    'author',
    'annotator',
  ],
  ...[
    'version',
    'date',
    'timestamp',
    'created',
    'created_at',
    'create_time',
    'updated_at',
    'meta',
    'metadata',
    'extra_info',
  ],
  ...['finish_reason', 'usage', 'token_count', 'num_tokens'],
]);
