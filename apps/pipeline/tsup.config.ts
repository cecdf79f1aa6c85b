import { preset } from '@llm/build/tsup';

// What the studio's page and its server share is TypeScript of a private package.
export default {
  ...preset({ main: 'src/main.ts', 'data-steps': 'src/stages/data-steps.ts' }),
  noExternal: [/^@llm\/studio\/wire/],
};
