/**
 * Ranks as pods of Indexed Jobs (Kubernetes 1.24, limits by index 1.33): a Job a phase. Kubernetes has no
 * order among Jobs: they come suspended but for the first, and are resumed one after the other
 * (`resumeCommands`). The store must be one that all pods see.
 */
import { checkOptions } from '../../page/check-options.js';
import type { PhaseName } from '../pipeline/phases.js';
import { type Launch, launchKinds, phaseRanks, rankCommand, shellLine } from './launch.js';

export interface KubernetesLaunch extends Launch {
  /** Of all Jobs, before the phase. */
  readonly name: string;
  readonly image: string;
  readonly namespace?: string | undefined;
  /** As Kubernetes writes it: `2`, `500m`. Default 1. */
  readonly cpu?: string | undefined;
  /** Default 2Gi. */
  readonly memory?: string | undefined;
  /** Of `clusters`, which holds 8 bytes a document. Default: as `memory`. */
  readonly clustersMemory?: string | undefined;
  /** Failures of one rank before the Job fails. Default 6. */
  readonly attempts?: number | undefined;
  /** A claim that is mounted at `path` in every pod. */
  readonly volume?: { readonly claim: string; readonly path: string } | undefined;
  /** Secrets whose entries become environment variables: credentials of a store. */
  readonly secrets?: readonly string[] | undefined;
}

export interface KubernetesJob {
  readonly apiVersion: 'batch/v1';
  readonly kind: 'Job';
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly spec: { readonly completions: number; readonly [field: string]: unknown };
}

/**
 * The Jobs in the order of the phases. `JSON.stringify` of a list of them is what `kubectl apply -f` takes.
 */
export function kubernetesJobs(launch: KubernetesLaunch): KubernetesJob[] {
  checkOptions('kubernetesJobs', launch, {
    ...launchKinds,
    ...({ name: 'text!', image: 'text!', namespace: 'text', cpu: 'text', memory: 'text' } as const),
    ...({ clustersMemory: 'text', attempts: 'number', volume: 'object', secrets: 'list' } as const),
  });
  return phaseRanks(launch).map(([phase, world]) => kubernetesJob(launch, phase, world));
}

function kubernetesJob(launch: KubernetesLaunch, phase: PhaseName, world: number): KubernetesJob {
  const {
    name,
    namespace,
    cpu = '1',
    memory = '2Gi',
    clustersMemory = memory,
    volume,
    secrets = [],
  } = launch;
  const resources = { cpu, memory: phase === 'clusters' ? clustersMemory : memory };
  const [program, ...parameters] = rankCommand(launch, phase, '$(JOB_COMPLETION_INDEX)', world);
  const labels = { 'app.kubernetes.io/name': 'llm-data', 'app.kubernetes.io/instance': name };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${name}-${phase}`, ...(namespace === undefined ? {} : { namespace }), labels },
    spec: {
      completionMode: 'Indexed',
      completions: world,
      parallelism: Math.min(world, launch.concurrency ?? world),
      backoffLimitPerIndex: launch.attempts ?? 6,
      maxFailedIndexes: 0,
      suspend: phase !== 'pages',
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          // A pod that is moved has time to reach its checkpoint.
          terminationGracePeriodSeconds: 60,
          containers: [
            {
              name: 'rank',
              image: launch.image,
              command: [program],
              args: parameters,
              resources: { requests: resources, limits: { memory: resources.memory } },
              ...(secrets.length === 0
                ? {}
                : { envFrom: secrets.map((secret) => ({ secretRef: { name: secret } })) }),
              ...(volume && { volumeMounts: [{ name: 'store', mountPath: volume.path }] }),
            },
          ],
          ...(volume && { volumes: [{ name: 'store', persistentVolumeClaim: { claimName: volume.claim } }] }),
        },
      },
    },
  };
}

/** Shell lines that run the phases of Jobs that were applied, one after the other. */
export function resumeCommands(jobs: readonly KubernetesJob[], namespace?: string | undefined): string[] {
  const where = namespace === undefined ? [] : ['-n', namespace];
  return jobs.flatMap(({ metadata: { name } }, index) => {
    const resume = [
      'kubectl',
      ...where,
      'patch',
      `job/${name}`,
      '--type=strategic',
      '-p',
      '{"spec":{"suspend":false}}',
    ];
    const wait = ['kubectl', ...where, 'wait', '--for=condition=complete', '--timeout=-1s', `job/${name}`];
    return (index === 0 ? [wait] : [resume, wait]).map((words) => shellLine(words));
  });
}
