/** Ninety links to shops that do not exist, and nothing else. */
import type { Random } from '@llm/core';
import { splitList } from '../patterns/split-list.js';
import texts from '../texts/sites/boilerplate.json' with { type: 'json' };
import type { World } from '../world/world.js';
import type { Site } from './site.js';

const wares = splitList(texts.wares);

export function linkFarm(
  world: World,
  site: Site,
  random: Random,
): { readonly html: string; readonly entries: readonly string[] } {
  const entries: string[] = [];
  const items: string[] = [];
  for (let entry = 0; entry < 90; entry++) {
    const town = random.pick(world.towns).name;
    const word = random.pick(wares);
    const address = `https://${word}-${town.toLowerCase()}.${random.pick(['com', 'info', 'net'])}/?ref=${random.integer(9999)}`;
    entries.push(`cheap ${word} in ${town}`);
    items.push(`<li><a href="${address}">${entries[entry]!}</a></li>`);
  }
  return {
    html: `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>cheap links ${site.name}</title></head><body>
<div class="links"><ul>
${items.join('\n')}
</ul></div></body></html>
`,
    entries,
  };
}
