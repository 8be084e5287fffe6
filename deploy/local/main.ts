import { parseStackCommand, USAGE } from './command-line.ts';
import type { StackCommand } from './command-line.ts';
import { addressesOf } from './options.ts';
import { exitCodeOf, StackError } from './stack-error.ts';
import { startStack, stackStatus, stopStack } from './stack.ts';
import type { ServiceStatus } from './stack.ts';

try {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupted.abort());
  process.exitCode = await run(
    parseStackCommand(process.argv.slice(2), process.env),
    interrupted.signal,
  );
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = exitCodeOf(error);
}

async function run(command: StackCommand, signal: AbortSignal): Promise<number> {
  const { action, options, format } = command;
  // With JSON, stdout holds the one document and nothing else.
  const report = (line: string): boolean =>
    (format === 'json' ? process.stderr : process.stdout).write(`${line}\n`);
  if (action === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (action === 'up') {
    await startStack(options, { signal, report });
    if (format === 'json') process.stdout.write(`${JSON.stringify(addressesOf(options))}\n`);
    return 0;
  }
  if (action === 'down') {
    await stopStack(options, { wipe: command.wipe, report });
    return 0;
  }
  const statuses = (await stackStatus(options)).filter(
    ({ service, state }) => state !== 'down' || !command.optional.includes(service),
  );
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(statuses)}\n` : statuses.map(line).join(''),
  );
  return statuses.every(({ state }) => state === 'up') ? 0 : 1;
}

function line(status: ServiceStatus): string {
  const where = status.pid === null ? (status.backend ?? '') : `pid ${status.pid}`;
  const parts = [
    status.service.padEnd(10),
    status.state.padEnd(6),
    status.address,
    where,
    status.log ?? '',
    status.detail ?? '',
  ];
  return `${parts.filter((part) => part !== '').join('  ')}\n`;
}
