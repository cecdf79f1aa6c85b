/** What the page knows: the runs there are, and of each that somebody looks at its store. */
import { address } from '../shell/address.js';
import type { RunListing } from '../wire/index.js';
import { ask } from './ask.js';
import { Loaded } from './loaded.svelte.js';
import { RunStore } from './run-store.svelte.js';
import { isStatic } from './site.js';

const refreshMilliseconds = 5000;

class Studio {
  readonly runs = new Loaded<readonly RunListing[]>((signal) => ask('runs', { signal }));
  readonly #stores = new Map<string, RunStore>();

  constructor() {
    setInterval(() => {
      if (document.visibilityState === 'visible' && !isStatic) void this.runs.reload();
    }, refreshMilliseconds);
  }

  /** The run that the address names, else the newest; undefined while there is none. */
  get chosen(): RunListing | undefined {
    const { value = [] } = this.runs;
    const wanted = address.run;
    return wanted === undefined ? value[0] : value.find(({ id }) => id === wanted);
  }

  run(id: string): RunStore {
    let store = this.#stores.get(id);
    if (store === undefined) {
      store = new RunStore(id);
      this.#stores.set(id, store);
    }
    return store;
  }
}

export const studio = new Studio();
