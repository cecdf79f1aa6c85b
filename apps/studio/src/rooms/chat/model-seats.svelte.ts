/** Who sits at a table: models that the address names, of the run or of anywhere else. */
import type { ModelSource } from '../../models/model-calls.js';
import { keptPrefix, sourceOf, stagesIn } from '../../models/source-of.js';
import type { RunDetails } from '../../wire/index.js';
import { ChatColumn } from './chat-column.svelte.js';

export class ModelSeats {
  columns = $state.raw<readonly ChatColumn[]>([]);
  readonly #run: string | undefined;
  readonly #files: () => RunDetails['files'];

  /** `files`: as they are now; a run that goes on has more later. */
  constructor(run: string | undefined, files: () => RunDetails['files']) {
    this.#run = run;
    this.#files = files;
  }

  /** Of the run: those that have a model. */
  get stages(): readonly string[] {
    return stagesIn(this.#keys);
  }

  get open(): ReadonlySet<string> {
    return new Set(this.columns.map(({ name }) => name));
  }

  /** Where a model of this name comes from; undefined where there is none. */
  sourceOf(name: string): ModelSource | undefined {
    return sourceOf(name, this.#run === undefined ? undefined : { id: this.#run, keys: this.#keys });
  }

  /** These sit there, and no others. */
  seat(names: readonly string[]): void {
    for (const name of names) {
      const source = this.open.has(name) ? undefined : this.sourceOf(name);
      if (source !== undefined) this.#add(name, source);
    }
    for (const column of this.columns) if (!names.includes(column.name)) this.close(column);
  }

  close(column: ChatColumn): void {
    column.close();
    this.columns = this.columns.filter((each) => each !== column);
  }

  closeAll(): void {
    for (const column of this.columns) column.close();
    this.columns = [];
  }

  get #keys(): readonly string[] {
    return this.#files().map(({ key }) => key);
  }

  #add(name: string, source: ModelSource): void {
    // A base model of ours answers nothing: it goes on with documents.
    const isBase = name === 'pretrain' || name.startsWith(keptPrefix);
    this.columns = [...this.columns, new ChatColumn(name, source, isBase ? 'document' : 'chat')];
  }
}
