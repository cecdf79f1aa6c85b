/**
 * Where S3 is and who asks, from the environment variables of the AWS command line:
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_CREDENTIAL_EXPIRATION`,
 * `AWS_REGION` (`AWS_DEFAULT_REGION`), `AWS_ENDPOINT_URL_S3` (`AWS_ENDPOINT_URL`); `AWS_S3_ADDRESSING_STYLE`
 * (`path` or `virtual`) is called `addressing_style` in its files. Profiles, SSO and roles are left to
 * `aws configure export-credentials --format env`.
 */
import { storageError } from './storage-error.js';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface S3Environment {
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Undefined: requests are not signed, which public buckets allow. */
  readonly credentials: S3Credentials | undefined;
  readonly addressing: 'path' | 'virtual' | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws `data/storage-credentials` for what cannot work, before anything is asked. */
export function s3Environment(environment: Environment = process.env): S3Environment {
  const set = (name: string): string | undefined => environment[name] || undefined;
  const endpoint = set('AWS_ENDPOINT_URL_S3') ?? set('AWS_ENDPOINT_URL');
  if (endpoint !== undefined && !/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : ''))
    throw storageError(
      'credentials',
      endpoint,
      `AWS_ENDPOINT_URL is ${JSON.stringify(endpoint)}, which is no http(s) address.`,
    );
  const addressing = set('AWS_S3_ADDRESSING_STYLE');
  if (addressing !== undefined && addressing !== 'path' && addressing !== 'virtual')
    throw storageError(
      'credentials',
      's3:',
      `AWS_S3_ADDRESSING_STYLE is "${addressing}"; it is "path" or "virtual".`,
    );
  return {
    endpoint: endpoint?.replace(/\/+$/, ''),
    region: set('AWS_REGION') ?? set('AWS_DEFAULT_REGION') ?? 'us-east-1',
    credentials: credentialsOf(set),
    addressing,
  };
}

function credentialsOf(set: (name: string) => string | undefined): S3Credentials | undefined {
  const accessKeyId = set('AWS_ACCESS_KEY_ID');
  const secretAccessKey = set('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw storageError(
      'credentials',
      's3:',
      `AWS_${accessKeyId === undefined ? 'ACCESS_KEY_ID' : 'SECRET_ACCESS_KEY'} is not set, its other half is. Set both, or neither for a public bucket.`,
    );
  const expires = set('AWS_CREDENTIAL_EXPIRATION');
  if (expires !== undefined && Date.parse(expires) <= Date.now())
    throw storageError(
      'credentials',
      's3:',
      `The AWS credentials expired at ${expires} (AWS_CREDENTIAL_EXPIRATION). Get new ones: eval "$(aws configure export-credentials --format env)".`,
    );
  return { accessKeyId, secretAccessKey, sessionToken: set('AWS_SESSION_TOKEN') };
}
