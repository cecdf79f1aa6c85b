/** The rotary tables in a device's memory, as long as the positions in use need them. */
import type { DeviceMemory, ResidentTensor } from '@llm/graph';
import { float32 } from '../../architecture/host-tensors.js';
import { wideRotaryTables } from '../../attention/rotary-positions.js';
import type { ModelConfig } from '../../config/model-config.js';
import { GrowingRotaryTables } from './growing-rotary-tables.js';

interface TablesOnDevice {
  readonly positions: number;
  readonly feeds: Promise<Readonly<Record<string, ResidentTensor>>>;
}

export class DeviceRotaryTables {
  readonly #tables: GrowingRotaryTables;
  /** The longest last. Shorter ones stay: a step of another generation may be reading them. */
  readonly #uploaded: TablesOnDevice[] = [];

  constructor(
    private readonly config: ModelConfig,
    private readonly device: DeviceMemory,
  ) {
    this.#tables = new GrowingRotaryTables(config, wideRotaryTables);
  }

  /** `cosines` and `sines` of at least `count` positions. */
  feeds(count: number): Promise<Readonly<Record<string, ResidentTensor>>> {
    const { positions, cosines, sines } = this.#tables.atLeast(count);
    const last = this.#uploaded.at(-1);
    if (last?.positions === positions) return last.feeds;
    const shape = [positions, this.config.headWidth];
    const upload = async (): Promise<Readonly<Record<string, ResidentTensor>>> => ({
      cosines: await this.device.upload(float32(cosines, shape)),
      sines: await this.device.upload(float32(sines, shape)),
    });
    const feeds = upload();
    this.#uploaded.push({ positions, feeds });
    return feeds;
  }

  async dispose(): Promise<void> {
    for (const { feeds } of this.#uploaded.splice(0))
      for (const tensor of Object.values(await feeds)) tensor.dispose();
  }
}
