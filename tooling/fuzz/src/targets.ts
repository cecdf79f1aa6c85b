/** Every parser that reads what comes from outside, in the order of the rooms. */
import type { FuzzTarget } from './fuzz-target.js';
import { adapterTargets } from './targets/adapters.js';
import { archiveTargets } from './targets/archives.js';
import { conversationTargets } from './targets/conversations.js';
import { corpusTargets } from './targets/corpora.js';
import { ggufTargets } from './targets/gguf.js';
import { hubTargets } from './targets/hub.js';
import { modelTargets } from './targets/models.js';
import { pageTargets } from './targets/pages.js';
import { runTargets } from './targets/runs.js';
import { tokenFileTargets } from './targets/token-files.js';
import { tokenizerTargets } from './targets/tokenizers.js';

export const targets: readonly FuzzTarget[] = [
  ...tokenizerTargets,
  ...modelTargets,
  ...ggufTargets,
  ...adapterTargets,
  ...hubTargets,
  ...tokenFileTargets,
  ...archiveTargets,
  ...pageTargets,
  ...corpusTargets,
  ...conversationTargets,
  ...runTargets,
];
