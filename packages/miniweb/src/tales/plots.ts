/** One plot a file: who it may be about, what is drawn for it, and its beats by paragraphs. */
import brokenTruth from '../texts/tales/broken-truth.json' with { type: 'json' };
import handmadeGift from '../texts/tales/handmade-gift.json' with { type: 'json' };
import hungryAnimal from '../texts/tales/hungry-animal.json' with { type: 'json' };
import learning from '../texts/tales/learning.json' with { type: 'json' };
import littleTruck from '../texts/tales/little-truck.json' with { type: 'json' };
import lostToy from '../texts/tales/lost-toy.json' with { type: 'json' };
import lostWay from '../texts/tales/lost-way.json' with { type: 'json' };
import messyRoom from '../texts/tales/messy-room.json' with { type: 'json' };
import newChild from '../texts/tales/new-child.json' with { type: 'json' };
import nightNoise from '../texts/tales/night-noise.json' with { type: 'json' };
import race from '../texts/tales/race.json' with { type: 'json' };
import rainyPicnic from '../texts/tales/rainy-picnic.json' with { type: 'json' };
import rescue from '../texts/tales/rescue.json' with { type: 'json' };
import sandCastle from '../texts/tales/sand-castle.json' with { type: 'json' };
import seed from '../texts/tales/seed.json' with { type: 'json' };
import sharing from '../texts/tales/sharing.json' with { type: 'json' };
import stuckInTree from '../texts/tales/stuck-in-tree.json' with { type: 'json' };
import tooManySweets from '../texts/tales/too-many-sweets.json' with { type: 'json' };
import trick from '../texts/tales/trick.json' with { type: 'json' };

export interface Plot {
  /** Families of the cast, one of which is drawn. */
  readonly heroes: string;
  /** A word of each list is drawn. */
  readonly words?: Readonly<Record<string, string>> | undefined;
  /** A row of each table is drawn: what only makes sense together. */
  readonly tables?: readonly (readonly Readonly<Record<string, string>>[])[] | undefined;
  /** Beats in order, each with its wordings. One whose name ends with "?" is told in three tales of ten. */
  readonly paragraphs: readonly Readonly<Record<string, readonly string[] | undefined>>[];
}

export const plots: readonly (readonly [name: string, plot: Plot])[] = Object.entries<Plot>({
  'broken-truth': brokenTruth,
  'handmade-gift': handmadeGift,
  'hungry-animal': hungryAnimal,
  learning,
  'little-truck': littleTruck,
  'lost-toy': lostToy,
  'lost-way': lostWay,
  'messy-room': messyRoom,
  'new-child': newChild,
  'night-noise': nightNoise,
  race,
  'rainy-picnic': rainyPicnic,
  rescue,
  'sand-castle': sandCastle,
  seed,
  sharing,
  'stuck-in-tree': stuckInTree,
  'too-many-sweets': tooManySweets,
  trick,
});
