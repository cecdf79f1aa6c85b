export type {
  DataInspection,
  DataSample,
  ExplainedPage,
  ExplainedStep,
  Fates,
  MeasuredRule,
  SampledRule,
  ShownMeasure,
  TunedData,
} from './data-api.js';
export type {
  ExperimentListing,
  Job,
  LessonRequest,
  RunPlan,
  RunRequest,
  TunePlan,
  TuneRequest,
} from './job-api.js';
export type {
  LabBarPlot,
  LabCheck,
  LabLinePlot,
  LabMeasure,
  LabPlot,
  LabReport,
  LabSample,
  LabTry,
} from './lab-report.js';
export { isLabReport } from './lab-report.js';
export type { ServerModel } from './model-api.js';
export type {
  KeptStep,
  PromptAcrossSteps,
  RolloutFilter,
  RolloutOrder,
  RolloutPart,
  RolloutPrompt,
  RolloutSample,
  RolloutStage,
  RolloutsOfStep,
  TokenBytes,
} from './rollout-api.js';
export { rolloutFilters, rolloutOrders } from './rollout-api.js';
export type {
  ApiProblem,
  EventsMessage,
  RunDetails,
  RunListing,
  RunState,
  ViewMessage,
} from './run-api.js';
export type { LoggedEvent, StageCost } from './run-event.js';
export { isLoggedEvent } from './run-event.js';
export type {
  RunArtifact,
  RunSample,
  RunViewJson,
  RunWarning,
  StageProgress,
  StageView,
} from './run-view.js';
export { RunView, resourcePrefix } from './run-view.js';
export type { KeptVotes, PreferenceLine, Verdict, Vote, VotedAnswer, VotedMessage } from './vote.js';
export { isVote, linesOf, preferenceLines, standingVotes } from './vote.js';
