/** Runs that the page starts: `/api/jobs`, one at a time. */

/** What a run is made of, as the page asks for it; what is absent is the preset's. */
export interface RunRequest {
  readonly preset: 'smoke' | 'default' | 'hour';
  readonly seed?: number | undefined;
  /** Pages of the invented web. */
  readonly size?: number | undefined;
  readonly vocabulary?: number | undefined;
  readonly depth?: number | undefined;
  readonly context?: number | undefined;
  readonly pretrainSteps?: number | undefined;
  readonly sftSteps?: number | undefined;
  readonly rlSteps?: number | undefined;
  readonly threads?: number | undefined;
  /** Paths on the server's machine: files, folders, patterns. */
  readonly warc?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  readonly jsonl?: readonly string[] | undefined;
  readonly conversations?: readonly string[] | undefined;
  /** Write down what every rule measured, and the beginning of dropped texts. */
  readonly record?: boolean | undefined;
}

/** `POST jobs/tune`: a model from anywhere learns, or practises; what is absent is the command's default. */
export interface TuneRequest {
  /** `prefer`: from pairs of answers, of which one is better. */
  readonly task: 'sft' | 'rl' | 'prefer';
  /** A path on the server's machine, `hf:owner/name`, or the address of a GGUF file. */
  readonly model: string;
  /** Of SFT: paths on the server's machine. */
  readonly conversations?: readonly string[] | undefined;
  /** Of RL: `countdown`, `arithmetic`, `sorting`, or a file of questions. */
  readonly tasks?: string | undefined;
  /** Of RL: what a training by the method `reward` left; its scores are practised for. */
  readonly rewardModel?: string | undefined;
  /** Of `prefer`: paths on the server's machine. */
  readonly pairs?: readonly string[] | undefined;
  /** Of `prefer`: `dpo`, `reward` (a model that scores answers), and the others of the command. */
  readonly method?: string | undefined;
  /** Peak of the schedule. */
  readonly learningRate?: number | undefined;
  /** Rank of the adapters; absent: all weights. */
  readonly lora?: number | undefined;
  readonly steps?: number | undefined;
  /** Only says what it would need. */
  readonly dryRun?: boolean | undefined;
}

/** `POST jobs/tune/plan`: what it would be called with, as it would be begun now. */
export interface TunePlan {
  /** The command line that does the same. */
  readonly command: string;
  /** A SOURCE for every command, once it is done; null: it leaves nothing. */
  readonly leaves: string | null;
}

/** `POST jobs/plan`. */
export interface RunPlan {
  /** The command line that does the same. */
  readonly command: string;
  readonly parameters: number;
  /** Most memory of the process, as planned. */
  readonly memoryBytes: number;
  /** What this machine has. */
  readonly machineBytes: number;
  /** null: no finished run to go by. */
  readonly seconds: number | null;
  /** The run that the time is scaled from. */
  readonly asRun: string | null;
}

/** `GET lab`: an experiment of `llm lab`. */
export interface ExperimentListing {
  /** As it is typed, and the name of its folder. */
  readonly name: string;
  readonly title: string;
  readonly claim: string;
  /** About how long it takes with its own seeds on two idle cores. */
  readonly minutes: number;
  /** Each is a training of its own. */
  readonly seeds: number;
  /** It measures the models of a finished run: seeds change nothing. */
  readonly needsRun: boolean;
}

/** `POST runs/:id/lab`. */
export interface LessonRequest {
  readonly name: string;
  /** Absent: those it was begun with, else its own. */
  readonly seeds?: number | undefined;
}

/** `GET jobs`: the one that runs, else the last, also of a server before this one; null: none was started. */
export interface Job {
  /** Its id; null where no run is made: a model from elsewhere is trained, or an experiment is done. */
  readonly run: string | null;
  /** The experiment that is done, and the run whose folder its report goes to; null for everything else. */
  readonly lesson: { readonly run: string; readonly name: string } | null;
  readonly command: string;
  readonly state: 'running' | 'stopping' | 'ended';
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** 0 done, 1 a mistake or failure, 130 stopped (also by a server that ended); null while it runs. */
  readonly exitCode: number | null;
  /** What a training leaves when it is done, as a SOURCE; null for everything else, and for a dry run. */
  readonly leaves: string | null;
  /** Whether `POST jobs/resume` goes on with it: it has ended before it was done. */
  readonly canResume: boolean;
  /** The end of what it printed. */
  readonly said: string;
}
