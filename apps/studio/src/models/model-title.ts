/** What people call the models of a run; any other by its name. */
const titles: Readonly<Record<string, string>> = {
  pretrain: 'Base model',
  sft: 'After SFT',
  rl: 'After RL',
};

/** `lab:tokens-to-think/steps-first` is `steps-first` there. */
export const modelTitle = (name: string): string =>
  Object.hasOwn(titles, name) ? titles[name]! : name.replace(/^lab:[^/]*\//, '');
