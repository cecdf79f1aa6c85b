/** A training outside a run, on the display that runs have. */
import type { RunEvent } from '@llm/core';
import { startMachineMeter } from '../run/machine-meter.js';
import type { Stage } from '../run/stage-engine.js';
import type { Output } from '../terminal/output.js';
import { createProgressDisplay } from '../terminal/progress-display.js';
import { jsonLine } from '../terminal/shown-text.js';

export interface TuningDisplay {
  note(line: string): void;
  event(event: RunEvent): void;
  /** Takes the bar off the screen; with a headline it says that all is done. */
  finish(headline?: string): void;
}

/** With `json` the events are lines on standard output. */
export function tuningDisplay(
  output: Output,
  {
    name,
    title,
    resumed,
    json,
  }: { readonly name: string; readonly title: string; readonly resumed: boolean; readonly json: boolean },
): TuningDisplay {
  const display = createProgressDisplay(output, json);
  const meter = startMachineMeter();
  const stage: Stage<{ readonly headline: string }> = {
    name,
    title,
    needs: [],
    settings: null,
    run: () => Promise.reject(new Error('A training of its own is no stage of a run.')),
    headline: ({ headline }) => headline,
  };
  display.stageStarted(stage, resumed);
  return {
    note: display.note,
    event: (event) => {
      if (json) output.stdout.write(jsonLine(event));
      else if (event.type !== 'stage-start' && event.type !== 'stage-end') display.event(stage, event);
    },
    finish: (headline) => {
      display.stop();
      if (headline === undefined) return;
      if (json) display.note(headline);
      else display.stageFinished(stage, { headline }, { ...meter.read(), sessions: 1 });
    },
  };
}
