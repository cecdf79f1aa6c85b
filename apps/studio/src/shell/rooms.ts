/** The rooms, in the order in which a run goes through them. Each is loaded when it is entered. */
import type { Component } from 'svelte';

export interface Room {
  /** In addresses: `#/training`. */
  readonly name: string;
  readonly title: string;
  /** One line: what one sees there. */
  readonly about: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

export const rooms: readonly Room[] = [
  {
    name: 'start',
    title: 'Start',
    about: 'A run of your own: what it is made from, what it needs',
    load: () => import('../rooms/start/start-room.svelte'),
  },
  {
    name: 'report',
    title: 'Report',
    about: 'What came out of the run',
    load: () => import('../rooms/report/report-room.svelte'),
  },
  {
    name: 'data',
    title: 'Data',
    about: 'What happened to each web page, and why',
    load: () => import('../rooms/data/data-room.svelte'),
  },
  {
    name: 'tokenizer',
    title: 'Tokenizer',
    about: 'What a text is to a model',
    load: () => import('../rooms/tokenizer/tokenizer-room.svelte'),
  },
  {
    name: 'training',
    title: 'Training',
    about: 'How the models learnt: the curves of any number of runs',
    load: () => import('../rooms/training/training-room.svelte'),
  },
  {
    name: 'rollouts',
    title: 'Rollouts',
    about: 'What practice tried: prompts, their samples, what each was worth',
    load: () => import('../rooms/rollouts/rollouts-room.svelte'),
  },
  {
    name: 'chat',
    title: 'Chat',
    about: 'The models of the run, side by side, token by token',
    load: () => import('../rooms/chat/chat-room.svelte'),
  },
  {
    name: 'arena',
    title: 'Arena',
    about: 'Two models, one question, no names: which answer is better',
    load: () => import('../rooms/arena/arena-room.svelte'),
  },
  {
    name: 'inside',
    title: 'Inside',
    about: 'One text through the network: attention, layers, what a step of learning changes',
    load: () => import('../rooms/inside/inside-room.svelte'),
  },
  {
    name: 'lessons',
    title: 'Lessons',
    about: 'Claims about language models, tried on small ones',
    load: () => import('../rooms/lessons/lessons-room.svelte'),
  },
];

/** Where an address of no room leads. */
export const firstRoom = 'report';

export const findRoom = (name: string): Room | undefined => rooms.find((room) => room.name === name);
