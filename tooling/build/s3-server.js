// A real S3 server for tests: versitygw, which tooling/oracles/install-s3-server.sh builds into the ignored .peers folder.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../.peers/s3/versitygw', import.meta.url));

export function s3ServerMissing() {
  if (existsSync(program)) return undefined;
  const reason = 'the S3 server is not installed: bash tooling/oracles/install-s3-server.sh';
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`SKIPPED: ${reason}\n`);
  return reason;
}

export async function startS3Server(bucket) {
  const root = await mkdtemp(join(tmpdir(), 'llm-s3-'));
  const directory = join(root, 'objects');
  await mkdir(join(directory, bucket), { recursive: true });
  await mkdir(join(root, 'attributes'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const keys = { AWS_ACCESS_KEY_ID: 'test-access', AWS_SECRET_ACCESS_KEY: 'test-secret-key' };
  const child = spawn(
    program,
    [
      ...['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet'],
      ...['--access', keys.AWS_ACCESS_KEY_ID, '--secret', keys.AWS_SECRET_ACCESS_KEY],
      ...['posix', '--sidecar', join(root, 'attributes'), directory],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  for (let tries = 0; !(await isUp(`${endpoint}/health`)); tries++) {
    if (child.exitCode !== null || tries > 200) throw new Error(`The S3 server does not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    endpoint,
    directory,
    environment: { ...keys, AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' },
    close: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(root, { recursive: true, force: true });
    },
  };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const isUp = (url) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
