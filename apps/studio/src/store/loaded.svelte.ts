/** Something that is asked for: not there yet, there, or failed. `<Shown>` draws the three. */
export class Loaded<Value> {
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  value = $state.raw<Value>();
  problem = $state<string>();
  /** Of the last failure: a stable code, where there is one. */
  code = $state<string>();
  readonly #load: (signal: AbortSignal) => Promise<Value>;
  #running: AbortController | undefined;

  constructor(load: (signal: AbortSignal) => Promise<Value>) {
    this.#load = load;
    void this.reload();
  }

  /** Again; a value that was there stays until the new one is. */
  async reload(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    if (this.state === 'failed') this.state = 'loading';
    try {
      const value = await this.#load(running.signal);
      if (running.signal.aborted) return;
      this.value = value;
      this.state = 'ready';
      this.code = undefined;
    } catch (error) {
      if (running.signal.aborted) return;
      this.code = (error as { readonly code?: string }).code;
      this.problem = error instanceof Error ? error.message : String(error);
      if (this.value === undefined) this.state = 'failed';
    }
  }

  /** Nobody wants it any more. */
  stop(): void {
    this.#running?.abort();
  }
}
