/** What S3 says in XML: listings, identifiers of uploads, errors. */
import { Parser } from 'htmlparser2';
import type { RefusedAnswer } from './http-client.js';
import { PassingFailure } from './send-request.js';
import { storageError } from './storage-error.js';

/** The text of every element called one of `names`, in order. */
export function xmlTexts<Name extends string>(xml: string, names: readonly Name[]): [Name, string][] {
  const found: [Name, string][] = [];
  let open: [Name, string] | undefined;
  const parser = new Parser(
    {
      onopentag: (name) => {
        if (names.includes(name as Name)) open = [name as Name, ''];
      },
      ontext: (text) => {
        if (open !== undefined) open[1] += text;
      },
      onclosetag: (name) => {
        if (open === undefined || open[0] !== name) return;
        found.push(open);
        open = undefined;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return found;
}

const credentialProblems: Readonly<Record<string, string>> = {
  ExpiredToken:
    'the credentials expired. Get new ones: eval "$(aws configure export-credentials --format env)"',
  TokenRefreshRequired: 'the credentials expired. Get new ones',
  InvalidToken:
    'the session token is not valid. Check AWS_SESSION_TOKEN, or unset one of earlier credentials',
  InvalidAccessKeyId: 'it does not know this access key. Check AWS_ACCESS_KEY_ID',
  // versitygw's name for it
  XAdminUserNotFound: 'it does not know this access key. Check AWS_ACCESS_KEY_ID',
  SignatureDoesNotMatch:
    'the signature does not match. Check AWS_SECRET_ACCESS_KEY, and AWS_REGION and AWS_ENDPOINT_URL',
  RequestTimeTooSkewed: "this machine's clock is off. Set the clock",
  AuthorizationHeaderMalformed: 'the region does not fit. Check AWS_REGION',
};

/** Worth another attempt although the status says that the request is at fault. */
const passing = new Set(['RequestTimeout', 'SlowDown', 'OperationAborted', 'InternalError', 'Throttling']);

/** The errors of S3 by their code; what it has no code for is left to HTTP. */
export function s3Refusal(name: string, isSigned: boolean, answer: RefusedAnswer): Error | undefined {
  const { url, status, text } = answer;
  const said = Object.fromEntries(xmlTexts(text, ['Code', 'Message', 'Region']));
  const code = said.Code ?? '';
  if (passing.has(code) && answer.header('retry-after') === undefined)
    return new PassingFailure(`${code} (status ${status})`);
  if (code === 'NoSuchBucket')
    return storageError(
      'missing',
      url,
      `There is no bucket of ${name}. Check its name and AWS_ENDPOINT_URL.`,
    );
  if (code === 'NoSuchKey' || (status === 404 && code === ''))
    return storageError('missing', url, `There is no ${name}. Check the address.`);
  const problem = credentialProblems[code];
  if (problem !== undefined)
    return storageError('credentials', url, `S3 refuses ${name}: ${problem} (${code}).`);
  const region = answer.header('x-amz-bucket-region') ?? said.Region;
  if (status === 301 || code === 'PermanentRedirect' || code === 'TemporaryRedirect')
    return storageError(
      'credentials',
      url,
      `The bucket of ${name} lies in the region ${region ?? 'of another endpoint'}. Set AWS_REGION${region === undefined ? ' and AWS_ENDPOINT_URL' : `=${region}`}.`,
    );
  if (status === 401 || status === 403)
    return storageError(
      'denied',
      url,
      `S3 denies access to ${name} (${code || status}). ${isSigned ? 'Check the address and what these credentials may do.' : 'The request was not signed: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'}`,
    );
  if (code === '' || status >= 500) return undefined;
  return storageError('protocol', url, `S3 refuses ${name}: ${said.Message ?? code} (${code}).`);
}
