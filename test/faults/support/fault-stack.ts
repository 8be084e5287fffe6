import { fileURLToPath } from 'node:url';
import {
  stackOptions,
  type Environment,
  type ServiceName,
  type StackOptions,
} from '../../../deploy/local/options.ts';
import { startStack, stackStatus } from '../../../deploy/local/stack.ts';

/** The port at which the broker's clients come back: of the proxy that a test opens. */
export const proxyPort = (options: StackOptions): number =>
  options.kafkaBehindProxy?.advertisedPort ?? 0;

/**
 * A stack that tests may break: ports and data apart from every other one.
 * DRIFTLINE_FAULT_STACK_{BASE_PORT,DATA_DIR} override; the stack takes six ports from the base on.
 */
export const faultStackOptions = (env: Environment): StackOptions => {
  const base = Number(env['DRIFTLINE_FAULT_STACK_BASE_PORT'] ?? 30_090);
  return stackOptions(env, {
    dataDir:
      env['DRIFTLINE_FAULT_STACK_DATA_DIR'] ??
      fileURLToPath(new URL('../../../.stack/faults', import.meta.url)),
    kafkaPort: base,
    controllerPort: base + 1,
    kafkaBehindProxy: { port: base + 2, advertisedPort: base + 3 },
    opensearchPort: base + 4,
    registryPort: base + 5,
    kafkaAuthorizer: true,
    quickJvm: true,
    // A node that was killed has its indices to recover, on a machine that may be busy.
    startTimeoutMs: 300_000,
  });
};

/** Hard ways to treat a service of the stack. */
export interface BreakableService {
  /** SIGSTOP: it is there and does nothing. */
  freeze(): Promise<void>;
  /** SIGCONT. */
  thaw(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** An orderly end. */
  terminate(): Promise<void>;
  /** Starts it again on its data, and waits until it answers. */
  revive(): Promise<void>;
}

const gone = async (pid: number): Promise<void> => {
  const until = performance.now() + 30_000;
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    if (performance.now() > until) throw new Error(`process ${pid} does not end`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

export const breakable = (options: StackOptions, service: ServiceName): BreakableService => {
  let frozen: number | undefined;
  const pid = async (): Promise<number> => {
    const [status] = await stackStatus({ ...options, services: [service] });
    if (status?.pid === null || status === undefined) throw new Error(`${service} does not run`);
    return status.pid;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const target = await pid();
    process.kill(target, signal);
    await gone(target);
  };
  return {
    freeze: async () => {
      frozen = await pid();
      process.kill(frozen, 'SIGSTOP');
    },
    thaw: async () => {
      if (frozen !== undefined) process.kill(frozen, 'SIGCONT');
      frozen = undefined;
    },
    kill: () => end('SIGKILL'),
    terminate: () => end('SIGTERM'),
    revive: async () => {
      await startStack({ ...options, services: [service] });
    },
  };
};
