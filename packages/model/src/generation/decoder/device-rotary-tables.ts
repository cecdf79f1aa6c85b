/** The rotary tables in a device's memory, as long as the positions in use need them. */
import type { DeviceMemory, HostTensor, Precision, ResidentTensor } from '@llm/graph';
import { rotaryTables } from '../../attention/rotary-positions.js';
import type { ModelConfig } from '../../config/model-config.js';
import { halves } from '../../weights/halves.js';
import { GrowingRotaryTables, type RotaryFeeds } from './growing-rotary-tables.js';

interface TablesOnDevice {
  readonly host: RotaryFeeds;
  readonly feeds: Promise<Readonly<Record<string, ResidentTensor>>>;
}

export class DeviceRotaryTables {
  readonly #tables: GrowingRotaryTables;
  /** The longest last. Shorter ones stay: a step of another generation may be reading them. */
  readonly #uploaded: TablesOnDevice[] = [];

  constructor(
    config: ModelConfig,
    private readonly device: DeviceMemory,
    private readonly precision: Precision,
  ) {
    this.#tables = new GrowingRotaryTables(config, rotaryTables);
  }

  /** Tables of at least `count` positions. */
  feeds(count: number): Promise<Readonly<Record<string, ResidentTensor>>> {
    const host = this.#tables.atLeast(count);
    const last = this.#uploaded.at(-1);
    if (last?.host === host) return last.feeds;
    const feeds = this.#upload(host);
    this.#uploaded.push({ host, feeds });
    return feeds;
  }

  async #upload(host: RotaryFeeds): Promise<Readonly<Record<string, ResidentTensor>>> {
    const feeds: Record<string, ResidentTensor> = {};
    for (const [name, table] of Object.entries(host)) {
      const { shape, data } = table;
      const halved = (): HostTensor => ({ type: 'float16', shape, data: halves(data as Float32Array, name) });
      feeds[name] = await this.device.upload(this.precision === 'float16' ? halved() : table);
    }
    return feeds;
  }

  async dispose(): Promise<void> {
    for (const { feeds } of this.#uploaded.splice(0))
      for (const tensor of Object.values(await feeds)) tensor.dispose();
  }
}
