/** What the data stage of a run did: counts, samples, one page's way, other thresholds. */
import { join } from 'node:path';
import { explainPage, type Measure, passes } from '@llm/data';
import type { DataInspection, DataSample, ExplainedPage, ShownMeasure, TunedData } from '@llm/studio/wire';
import { type DataRun, openDataRun } from '../../explaining/data-run.js';
import { explainedSteps } from '../../explaining/explained-steps.js';
import { findPage } from '../../explaining/find-page.js';
import { type InspectionSample, inspectRun } from '../../explaining/inspect-run.js';
import { measuredRules } from '../../explaining/measured-values.js';
import { measureOf, parseThresholds } from '../../explaining/replay.js';
import { hasMeasures, type TunedSample, tuneRun } from '../../explaining/tune-run.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import type { ApiRoute } from './api-route.js';
import { RememberedAnswers } from './remembered-answers.js';

const samplesOfRule = 20;
const seed = 1;
/** UTF-16 units of a page's source or text that are sent. */
const longestText = 400_000;

export function dataRoutes(catalog: RunCatalog): ApiRoute[] {
  const answers = new RememberedAnswers();
  /** Worked out once for a finished data stage: its report is written last. */
  const remembered = <Answer>(
    id: string,
    what: string,
    work: (run: DataRun) => Promise<Answer>,
  ): Promise<Answer> => {
    const { directory } = catalog.find(id);
    const run = openDataRun(directory);
    return answers.of(`${id} ${what}`, join(run.directory, 'report.json'), () => work(run));
  };
  return [
    {
      method: 'GET',
      path: '/runs/:id/data',
      about:
        'What the data stage kept and dropped: the funnel, languages, hosts, and for every rule a fair sample of the pages that it dropped.',
      answer: async (context) => context.json(await remembered(context.req.param('id')!, 'data', inspection)),
    },
    {
      method: 'GET',
      path: '/runs/:id/data/measures',
      about:
        'How the values of every rule with a threshold lie: a histogram. Needs a run that wrote down what it measured (--measure-all).',
      answer: async (context) =>
        context.json(await remembered(context.req.param('id')!, 'measures', measuredRules)),
    },
    {
      method: 'GET',
      path: '/runs/:id/data/tune',
      about:
        'What other thresholds would keep and drop, as llm data tune: counts by rule, samples of what changes.',
      takes: { set: 'query, repeatable: STEP.OPTION=NUMBER' },
      answer: async (context) => {
        const settings = context.req.queries('set') ?? [];
        const thresholds = parseThresholds(settings);
        const tuned = await remembered(context.req.param('id')!, `tune ${settings.join(' ')}`, (run) =>
          tuneRun(run, thresholds, { samples: samplesOfRule, seed }),
        );
        const moved = tuned.moved.map((each) => ({ ...each, samples: each.samples.map(tunedSample) }));
        return context.json({ ...tuned, moved } satisfies TunedData);
      },
    },
    {
      method: 'GET',
      path: '/runs/:id/data/page',
      about: 'One page’s way through every step, read again from where the run read it, as llm data explain.',
      takes: { page: 'query: the id of a document' },
      answer: async (context) => {
        const page = context.req.query('page') ?? '';
        return context.json(
          await explained(openDataRun(catalog.find(context.req.param('id')!).directory), page),
        );
      },
    },
  ];
}

async function inspection(run: DataRun): Promise<DataInspection> {
  const { report, steps, kept, languages, hosts, hasTexts } = await inspectRun(run, samplesOfRule, seed);
  return {
    ...{ pages: report.pages, kept: report.kept, funnel: report.funnel, languages, hosts, hasTexts },
    rules: steps.map(([rule, { seen, items }]) => ({ rule, pages: seen, samples: items.map(inspected) })),
    keptSamples: kept.items.map(inspected),
    hasMeasures: hasMeasures(run),
  };
}

const shown = (measure: Measure): ShownMeasure => ({ ...measure, passes: passes(measure) });

function inspected({ measures, ...sample }: InspectionSample): DataSample {
  return { ...sample, measures: measures.map((recorded) => shown(measureOf(recorded))) };
}

function tunedSample({ id, url, text, fate }: TunedSample): DataSample {
  return { id, url, text, measures: fate.measure === undefined ? [] : [shown(fate.measure)] };
}

/** Only of what the run has: a file or an address of somebody's choice is none of it. */
async function explained(run: DataRun, id: string): Promise<ExplainedPage> {
  const { item, origin } = await findPage(id, { run, isOnlyOfRun: true });
  if (item.kind !== 'keep') {
    const reason = item.kind === 'drop' ? item.reason : 'no-page';
    return {
      url: '',
      origin,
      contentType: '',
      content: '',
      verdict: 'drop',
      step: 'reader',
      reason,
      steps: [],
      text: '',
    };
  }
  const { page } = item;
  const content = page.content.slice(0, longestText);
  const { verdict, step, reason, steps, text } = await explainPage(page, await explainedSteps({}, run));
  return {
    ...{ url: page.url, origin, contentType: page.contentType, content, verdict, step, reason },
    text: text.slice(0, longestText),
    steps: steps.map(({ measures, change, found: _, ...each }) => ({
      ...each,
      measures: measures.map(shown),
      change: change && {
        before: change.before.slice(0, longestText),
        after: change.after.slice(0, longestText),
      },
    })),
  };
}
