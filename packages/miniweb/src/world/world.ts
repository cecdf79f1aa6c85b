/**
 * The invented world: what there is in it and how it is related.
 * Every name is a string, a relation is the name of the other.
 */
export interface Town {
  readonly name: string;
  readonly river: string;
  readonly mountain: string;
  readonly neighbour: string;
  readonly direction: string;
  readonly roofs: string;
  readonly food: string;
  readonly craft: string;
  readonly mayor: string;
  readonly animal: string;
  readonly festival: string;
}
export interface River {
  readonly name: string;
  readonly mountain: string;
  readonly lake: string;
  readonly water: string;
  readonly bank: string;
}
export interface Mountain {
  readonly name: string;
  readonly top: string;
  readonly treasure: string;
}
export interface Lake {
  readonly name: string;
  readonly island: string;
  readonly fish: string;
}
export interface Animal {
  readonly name: string;
  readonly colour: string;
  readonly size: string;
  readonly food: string;
  readonly home: string;
  readonly sound: string;
  readonly time: string;
  readonly feature: string;
}
export interface Person {
  readonly name: string;
  readonly firstName: string;
  readonly she: string;
  readonly her: string;
  readonly town: string;
  readonly job: string;
  readonly pet: string;
  readonly petName: string;
  readonly food: string;
  readonly friend: string;
  readonly hobby: string;
}
export interface Craft {
  readonly job: string;
  readonly material: string;
  readonly tool: string;
  readonly product: string;
}
export interface Food {
  readonly name: string;
  readonly main: string;
  readonly second: string;
  readonly taste: string;
  readonly colour: string;
  readonly town: string;
  readonly time: string;
}
export interface Festival {
  readonly name: string;
  readonly season: string;
  readonly activity: string;
  readonly food: string;
}

export interface World {
  readonly seed: number | string;
  readonly country: string;
  readonly towns: readonly Town[];
  readonly rivers: readonly River[];
  readonly mountains: readonly Mountain[];
  readonly lakes: readonly Lake[];
  readonly animals: readonly Animal[];
  readonly people: readonly Person[];
  readonly crafts: readonly Craft[];
  readonly foods: readonly Food[];
  readonly festivals: readonly Festival[];
  /** Named on pages here and there, and nothing is told of them: a model knows the name and no more. */
  readonly minor: readonly { readonly type: 'town' | 'person' | 'animal'; readonly name: string }[];
  /** Names in the style of the world that nothing in it bears: what a refusal is taught with. */
  readonly unknownTowns: readonly string[];
  readonly unknownPeople: readonly string[];
  readonly unknownAnimals: readonly string[];
}
