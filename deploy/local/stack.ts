import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, launch, waitUntilReady } from './background-process.ts';
import { chooseBackend } from './backend.ts';
import { dockerDown, dockerUp, readDockerRecord } from './docker-stack.ts';
import { KAFKA } from './kafka-process.ts';
import { classPaths } from './class-paths.ts';
import { OPENSEARCH } from './opensearch-process.ts';
import { addressesOf, logFile, serviceFolder } from './options.ts';
import type { ServiceName, StackAddresses, StackOptions } from './options.ts';
import { requireFreePorts } from './ports.ts';
import { REGISTRY } from './registry-process.ts';
import { readLiveProcess } from './process-file.ts';
import type { ProcessRecord } from './process-file.ts';
import type { Service } from './service.ts';
import { StackError } from './stack-error.ts';
import { withLock } from './start-lock.ts';

const SERVICES: Readonly<Record<ServiceName, Service>> = {
  kafka: KAFKA,
  opensearch: OPENSEARCH,
  registry: REGISTRY,
};

/** Longer than a start that downloads everything. */
const LOCK_TIMEOUT_MS = 900_000;

export type StackRun = {
  /** Ends a start that is under way; what it has started is ended, too. */
  readonly signal?: AbortSignal;
  /** Remove what an earlier run left of the services that this call starts (processes only, not containers). */
  readonly fresh?: boolean;
  /** Gets a line for each step. */
  readonly report?: (line: string) => void;
};

export type ServiceStatus = {
  readonly service: ServiceName;
  /** `silent`: its process runs but it does not answer (yet). */
  readonly state: 'up' | 'silent' | 'down';
  readonly backend: 'process' | 'docker' | null;
  readonly pid: number | null;
  readonly address: string;
  readonly log: string | null;
  /** What a silent service lacks. */
  readonly detail: string | null;
};

/**
 * Starts the services of `options` that do not run yet, in parallel, and waits until all answer.
 * Throws StackError; services that this call has started are ended before it throws.
 */
export async function startStack(
  options: StackOptions,
  run: StackRun = {},
): Promise<StackAddresses> {
  const report = run.report ?? (() => undefined);
  const signal = run.signal ?? new AbortController().signal;
  return withLock(options.dataDir, LOCK_TIMEOUT_MS, async () => {
    const missing: Service[] = [];
    for (const status of await stackStatus(options)) {
      const service = SERVICES[status.service];
      if (status.state === 'down' || status.backend === 'docker') {
        if (status.state === 'up') report(`${service.name} is up already at ${status.address}`);
        else missing.push(service);
      } else {
        await awaitRunning(service, options, signal);
        report(`${service.name} is up already at ${status.address} (pid ${status.pid})`);
      }
    }
    if (missing.length > 0)
      await startServices(missing, options, { signal, report, fresh: run.fresh ?? false });
    return addressesOf(options);
  });
}

export type StackStop = {
  /** Remove the data, too. */
  readonly wipe?: boolean;
  /** Asked while nobody else can start or stop: true leaves the services running. */
  readonly unless?: () => boolean;
  readonly report?: (line: string) => void;
};

/** Ends the services of `options`. Throws StackError `stop-failed` or `busy`. */
export async function stopStack(options: StackOptions, stop: StackStop = {}): Promise<void> {
  const { wipe = false, unless = () => false, report = () => undefined } = stop;
  await withLock(options.dataDir, LOCK_TIMEOUT_MS, async () => {
    if (unless()) return;
    const docker = readDockerRecord(options);
    if (docker !== undefined) await dockerDown(options, options.services, wipe);
    await Promise.all(
      options.services.map(async (name) => {
        const record = readLiveProcess(recordFile(options, name));
        if (record !== undefined) {
          const how = await endProcess(record, recordFile(options, name), options.stopTimeoutMs);
          report(`${name} has ${how === 'killed' ? 'been killed' : 'ended'} (pid ${record.pid})`);
        } else {
          report(
            docker?.ports[name] === undefined
              ? `${name} was not running`
              : `the container of ${name} is removed`,
          );
        }
        if (wipe) rmSync(serviceFolder(options, name), { recursive: true, force: true });
      }),
    );
    if (wipe)
      report(`the data in ${options.dataDir} of ${options.services.join(' and ')} is removed`);
  });
}

/** The state of each service of `options`, asked for now. */
export function stackStatus(options: StackOptions): Promise<readonly ServiceStatus[]> {
  const docker = readDockerRecord(options);
  return Promise.all(
    options.services.map(async (name): Promise<ServiceStatus> => {
      const service = SERVICES[name];
      const record = readLiveProcess(recordFile(options, name));
      const port = record?.ports[0] ?? docker?.ports[name];
      const address = service.address(port ?? service.ports(options)[0].port, options);
      const base = { service: name, address, pid: record?.pid ?? null };
      if (port === undefined)
        return { ...base, state: 'down', backend: null, log: null, detail: null };
      const lacks = await service.probe(port, options);
      return {
        ...base,
        state: lacks === undefined ? 'up' : 'silent',
        backend: record === undefined ? 'docker' : 'process',
        log: record === undefined ? null : logFile(options, name),
        detail: lacks ?? null,
      };
    }),
  );
}

async function awaitRunning(
  service: Service,
  options: StackOptions,
  signal: AbortSignal,
): Promise<void> {
  const record = readLiveProcess(recordFile(options, service.name));
  if (record === undefined) return;
  const wanted = service.ports(options).map(({ port }) => port);
  if (wanted.join() !== record.ports.join()) {
    throw new StackError(
      'other-settings-running',
      `${service.name} of ${options.dataDir} runs on port ${record.ports.join(', ')}, not on ${wanted.join(', ')}. Stop it first, or use another --data-dir.`,
    );
  }
  await awaitReady(service, record, options, signal);
}

async function startServices(
  services: readonly Service[],
  options: StackOptions,
  { signal, report, fresh }: Required<StackRun>,
): Promise<void> {
  const containers = readDockerRecord(options)?.ports ?? {};
  for (const service of services) {
    if (containers[service.name] === undefined)
      await requireFreePorts(service.name, service.ports(options));
  }
  const backend = await chooseBackend(options, services, process.env);
  if (backend.kind === 'docker') {
    report('starting containers: a JDK or Maven is missing');
    return dockerUp(
      options,
      services.map(({ name }) => name),
      signal,
    );
  }
  const stopRest = new AbortController();
  const either = AbortSignal.any([signal, stopRest.signal]);
  const jars = classPaths(services, options, backend, either, report);
  const starts = services.map(async (service) => {
    const [first = [], ...further] = await jars(service);
    const java = { javaHome: backend.javaHome, jars: first, further };
    const begun = performance.now();
    if (fresh) rmSync(serviceFolder(options, service.name), { recursive: true, force: true });
    const what = await service.prepare(options, java, either);
    if (either.aborted)
      throw new StackError('aborted', `The start of ${service.name} was aborted.`);
    const files = {
      folder: serviceFolder(options, service.name),
      log: logFile(options, service.name),
      record: recordFile(options, service.name),
    };
    const record = await launch(
      what,
      files,
      service.ports(options).map(({ port }) => port),
    );
    try {
      await awaitReady(service, record, options, either);
    } catch (error) {
      await endProcess(record, files.record, options.stopTimeoutMs);
      throw error;
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    report(
      `${service.name} is up at ${service.address(record.ports[0] ?? 0, options)} (pid ${record.pid}, ${seconds} s)`,
    );
  });
  await allOrFirstError(starts, () => stopRest.abort());
}

async function allOrFirstError(
  tasks: readonly Promise<void>[],
  onFirstError: () => void,
): Promise<void> {
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    tasks.map((task) =>
      task.catch((error: unknown) => {
        first ??= { error };
        onFirstError();
      }),
    ),
  );
  if (first !== undefined) throw first.error;
}

function awaitReady(
  service: Service,
  record: ProcessRecord,
  options: StackOptions,
  signal: AbortSignal,
): Promise<void> {
  const port = record.ports[0] ?? service.ports(options)[0].port;
  return waitUntilReady(record, {
    what: service.name,
    log: logFile(options, service.name),
    timeoutMs: options.startTimeoutMs,
    signal,
    probe: () => service.probe(port, options),
  });
}

function recordFile(options: StackOptions, service: ServiceName): string {
  return join(serviceFolder(options, service), 'process.json');
}
