/** Short words to spell, by the place they are met in. */
export const spellingWords: readonly { readonly word: string; readonly where: string }[] = [
  ...words(
    'in the kitchen',
    'cup pan pot egg mug jug fork lid spoon plate table knife bowl cake bean plum pear lemon tray bottle',
  ),
  ...words(
    'in the garden',
    'bee ant leaf tree rose root seed frog snail worm bush fence stone apple cherry flower nest pond',
  ),
  ...words('on the farm', 'cow pig hen goat barn duck horse sheep plough pony field cart goose lamb calf'),
  ...words('at school', 'pen book desk bell map word page chair pencil lesson letter ruler bag'),
  ...words('in the street', 'bus car shop lamp road gate door sign bridge market wheel train truck tower'),
  ...words('in the sky', 'star cloud bird kite storm plane moon'),
  ...words('by the river', 'fish boat net reed rope shell mill otter swan raft oar'),
  ...words(
    'in the house',
    'bed cat dog box key clock stair window candle mirror basket blanket rug pillow sofa',
  ),
].filter((entry, index, all) => all.findIndex((other) => other.word === entry.word) === index);

function words(where: string, list: string): { word: string; where: string }[] {
  return list.split(' ').map((word) => ({ word, where }));
}

/** "cat" → "c-a-t" */
export function spelled(word: string): string {
  return [...word].join('-');
}
