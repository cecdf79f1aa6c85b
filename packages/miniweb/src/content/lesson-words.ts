/** Short words to spell, by the place they are met in. */
export const spellingWords: readonly { readonly word: string; readonly where: string }[] = [
  ...words(
    'in the kitchen',
    'cup pan pot jam milk egg soup salt bread spoon plate table knife bowl cake rice corn bean plum pear lemon butter',
  ),
  ...words(
    'in the garden',
    'bee ant leaf tree rose root seed frog snail grass worm bush fence stone apple cherry flower',
  ),
  ...words('on the farm', 'cow pig hen goat barn hay duck horse sheep plough pony field cart egg'),
  ...words('at school', 'pen book desk bell map chalk word page chair pencil paper lesson letter'),
  ...words('in the street', 'bus car shop lamp road gate door sign bridge market wheel train'),
  ...words('in the sky', 'sun moon star cloud rain snow wind bird kite storm'),
  ...words('by the river', 'fish boat net mud sand reed rope shell water mill otter swan'),
  ...words('in the house', 'bed cat dog box key clock stair window candle mirror basket blanket'),
].filter((entry, index, all) => all.findIndex((other) => other.word === entry.word) === index);

function words(where: string, list: string): { word: string; where: string }[] {
  return list.split(' ').map((word) => ({ word, where }));
}

/** "cat" → "c-a-t" */
export function spelled(word: string): string {
  return [...word].join('-');
}
