/** Who sits at a table: models of the run, which the address names, and any others. */
import type { ModelSource } from '../../models/model-calls.js';
import { apiUrl } from '../../store/ask.js';
import type { RunDetails } from '../../wire/index.js';
import { ChatColumn } from './chat-column.svelte.js';

export class ModelSeats {
  columns = $state.raw<readonly ChatColumn[]>([]);
  readonly #run: string;
  readonly #files: () => RunDetails['files'];

  /** `files`: as they are now; a run that goes on has more later. */
  constructor(run: string, files: () => RunDetails['files']) {
    this.#run = run;
    this.#files = files;
  }

  /** Of the run: those that have a model. */
  get stages(): readonly string[] {
    const keys = this.#files().map(({ key }) => key);
    return ['pretrain', 'sft', 'rl'].filter((stage) => keys.includes(`${stage}/model/latest.json`));
  }

  get open(): ReadonlySet<string> {
    return new Set(this.columns.map(({ name }) => name));
  }

  /** Of the run's models these sit there, and no others. */
  seat(names: readonly string[]): void {
    const { open } = this;
    for (const stage of names) if (!open.has(stage)) this.#openStage(stage);
    for (const column of this.columns)
      if (this.stages.includes(column.name) && !names.includes(column.name)) this.close(column);
  }

  add(name: string, source: ModelSource, mode: 'chat' | 'document' = 'chat'): void {
    if (!this.open.has(name)) this.columns = [...this.columns, new ChatColumn(name, source, mode)];
  }

  close(column: ChatColumn): void {
    column.close();
    this.columns = this.columns.filter((each) => each !== column);
  }

  closeAll(): void {
    for (const column of this.columns) column.close();
    this.columns = [];
  }

  #openStage(stage: string): void {
    const source = {
      kind: 'served',
      address: apiUrl(`runs/${this.#run}/files`),
      keys: this.#files().map(({ key }) => key),
      stage,
    } as const;
    // A base model of ours answers nothing: it goes on with documents.
    this.add(stage, source, stage === 'pretrain' ? 'document' : 'chat');
  }
}
