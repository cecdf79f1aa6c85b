/** What `llm data launch` can start ranks on. */
export const engines = ['local', 'slurm', 'redis', 'kubernetes', 'ray'] as const;
export type Engine = (typeof engines)[number];
