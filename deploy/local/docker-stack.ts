import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENV } from './options.ts';
import type { Environment, ServiceName, StackOptions } from './options.ts';
import { lastLines, runProgram } from './run-program.ts';
import { StackError } from './stack-error.ts';

const COMPOSE_FILE = fileURLToPath(new URL('../compose.yaml', import.meta.url));
const ASK_TIMEOUT_MS = 5000;
/** A first run pulls about 1.5 GB of images. */
const UP_TIMEOUT_MS = 900_000;
const DOWN_TIMEOUT_MS = 120_000;

/** The containers of a data folder: what was started, on which client ports. */
export type DockerRecord = { readonly ports: Readonly<Partial<Record<ServiceName, number>>> };

/** Whether a Docker engine answers and has the compose plugin. */
export async function dockerAnswers(): Promise<boolean> {
  for (const question of [['info'], ['compose', 'version']]) {
    if ((await runProgram('docker', question, { timeoutMs: ASK_TIMEOUT_MS })).exitCode !== 0)
      return false;
  }
  return true;
}

export function readDockerRecord(options: StackOptions): DockerRecord | undefined {
  const file = recordFile(options);
  if (!existsSync(file)) return undefined;
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof value !== 'object' || value === null || !('ports' in value)) return undefined;
  return value as DockerRecord;
}

/** Starts the services as containers and waits for their health. Throws StackError `docker-failed` or `aborted`. */
export async function dockerUp(
  options: StackOptions,
  services: readonly ServiceName[],
  signal: AbortSignal,
): Promise<void> {
  const earlier = readDockerRecord(options);
  const ports = {
    ...earlier?.ports,
    ...(services.includes('kafka') && { kafka: options.kafkaPort }),
    ...(services.includes('opensearch') && { opensearch: options.opensearchPort }),
    ...(services.includes('registry') && { registry: options.registryPort }),
  };
  writeFileSync(recordFile(options), `${JSON.stringify({ ports })}\n`);
  const wait = ['--wait', '--wait-timeout', String(Math.ceil(options.startTimeoutMs / 1000))];
  await compose(options, ['up', '--detach', ...wait, ...services], UP_TIMEOUT_MS, signal);
}

/**
 * Removes the containers, with `wipe` their volumes, too. The record stays until a wipe of all, for the volumes' sake.
 * Throws StackError `docker-failed`.
 */
export async function dockerDown(
  options: StackOptions,
  services: readonly ServiceName[],
  wipe: boolean,
): Promise<void> {
  const signal = AbortSignal.timeout(DOWN_TIMEOUT_MS);
  const earlier = Object.entries(readDockerRecord(options)?.ports ?? {});
  const left = earlier.filter(([name]) => !services.some((service) => service === name));
  if (left.length === 0) {
    await compose(options, ['down', ...(wipe ? ['--volumes'] : [])], DOWN_TIMEOUT_MS, signal);
  } else {
    await compose(options, ['rm', '--stop', '--force', ...services], DOWN_TIMEOUT_MS, signal);
    const volumes = services.map((service) => `${projectName(options)}_${service}-data`);
    if (wipe)
      await docker(options, ['volume', 'rm', '--force', ...volumes], DOWN_TIMEOUT_MS, signal);
  }
  if (left.length === 0 && wipe) rmSync(recordFile(options), { force: true });
  else
    writeFileSync(recordFile(options), `${JSON.stringify({ ports: Object.fromEntries(left) })}\n`);
}

/** The variables that deploy/compose.yaml reads. */
function composeVariables(options: StackOptions): Environment {
  return {
    [ENV.kafkaPort]: String(options.kafkaPort),
    [ENV.opensearchPort]: String(options.opensearchPort),
    [ENV.registryPort]: String(options.registryPort),
    [ENV.kafkaHeapMb]: String(options.kafkaHeapMb),
    [ENV.opensearchHeapMb]: String(options.opensearchHeapMb),
    [ENV.registryHeapMb]: String(options.registryHeapMb),
  };
}

function compose(
  options: StackOptions,
  args: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return docker(
    options,
    ['compose', '-p', projectName(options), '-f', COMPOSE_FILE, ...args],
    timeoutMs,
    signal,
  );
}

async function docker(
  options: StackOptions,
  args: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const env = { ...process.env, ...composeVariables(options) };
  const result = await runProgram('docker', args, { timeoutMs, env, signal });
  if (result.exitCode === 0) return;
  const what = `docker ${args.join(' ')}`;
  if (signal.aborted) throw new StackError('aborted', `${what} was aborted.`);
  throw new StackError(
    'docker-failed',
    `${what} failed. Its last lines:\n${lastLines(result.output, 20)}`,
  );
}

function projectName(options: StackOptions): string {
  return `driftline-${createHash('sha256').update(options.dataDir).digest('hex').slice(0, 8)}`;
}

function recordFile(options: StackOptions): string {
  return join(options.dataDir, 'docker.json');
}
