/** What people call the models of a run; any other by its name. */
const titles: Readonly<Record<string, string>> = {
  pretrain: 'Base model',
  sft: 'After SFT',
  rl: 'After RL',
};

export const modelTitle = (name: string): string => (Object.hasOwn(titles, name) ? titles[name]! : name);
