import { Command, CommanderError } from 'commander';
import { ALERT_CONTENT, packageVersion } from './compose-parts.ts';
import { composeOperations } from './compose-operations.ts';
import { composeAlerts } from './compose-alerts.ts';
import { composeCoverage } from './compose-coverage.ts';
import { composeDesiredIndex } from './compose-desired-index.ts';
import { composeDoctor } from './compose-doctor.ts';
import { certificateFiles, detectionFiles } from './compose-named-files.ts';
import { askingFirst, composeDesired, composeScan } from './compose-states.ts';
import { composeQuery } from './compose-query.ts';
import { composeWatch } from './compose-watch.ts';
import { runDriftline } from './compose.ts';
import { setUpDriftline } from './compose-setup.ts';
import { registerAlerts } from './commands/alerts.ts';
import { configSources, registerConfig, addConfigOptions } from './commands/config.ts';
import { OutputClosedError } from './commands/output/line-writer.ts';
import { registerCoverage } from './commands/coverage.ts';
import { registerConsumption } from './commands/consumption.ts';
import { registerDeadLetters } from './commands/dead-letters.ts';
import { registerDesired } from './commands/desired.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerIgnore } from './commands/ignore.ts';
import { registerLag } from './commands/lag.ts';
import { registerQuery } from './commands/query.ts';
import { registerRun } from './commands/run.ts';
import { registerScan } from './commands/scan.ts';
import { registerSetup } from './commands/setup.ts';
import type { Config } from './config/schema.ts';
import { loadConfig } from './config/load-config.ts';

const { stdin, stdout, stderr, env } = process;
const stop = new AbortController();
const setExitCode = (code: number): void => {
  process.exitCode = code;
};

/** One line for a typed error; an error of the program itself also tells how to see more. */
const report = (error: unknown): void => {
  // `head` has seen enough: that is no error.
  if (error instanceof OutputClosedError) return;
  const known = error instanceof Error && 'code' in error;
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`driftline: ${message}\n`);
  if (env['DRIFTLINE_DEBUG'] !== undefined && error instanceof Error)
    stderr.write(`${error.stack ?? ''}\n`);
  else if (!known) stderr.write('driftline: set DRIFTLINE_DEBUG=1 to see where this came from\n');
};

/** What a shell takes for ended by SIGINT. */
const INTERRUPTED = 130;

/** A signal to the whole process group may come twice: from the terminal, and from whoever started this process. */
const SAME_REQUEST_MS = 1_000;
let askedAt: number | undefined;
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    const now = performance.now();
    // Asked again: whoever asks does not want to wait for the units in flight.
    if (askedAt !== undefined && now - askedAt > SAME_REQUEST_MS) process.exit(1);
    askedAt ??= now;
    stop.abort(new Error(name));
  });
}

process.on('uncaughtException', (error) => {
  report(error);
  process.exit(1);
});

const program = new Command('driftline')
  .description('Finds infrastructure drift in audit logs as it happens.')
  .version(packageVersion())
  .showHelpAfterError('(driftline --help lists commands and options)')
  .exitOverride();

/** Options of the command that runs. */
let given: Parameters<typeof configSources>[0] = {};
program.hook('preAction', (_program, command) => {
  given = command.opts();
});

const config = (): Config => loadConfig(configSources(given));

registerRun(program, {
  config,
  signal: stop.signal,
  setExitCode,
  report,
  run: (loaded, signal) =>
    runDriftline(loaded, signal, {
      file: configSources(given).file,
      load: config,
    }),
});
registerSetup(program, {
  config,
  signal: stop.signal,
  stdout,
  setExitCode,
  setUp: setUpDriftline,
});
const filesOnly = composeScan(stdin, stop.signal);
registerScan(program, {
  ...filesOnly,
  stdin,
  stdout,
  stderr,
  noColor: env['NO_COLOR'] !== undefined,
  now: () => performance.now(),
  signal: stop.signal,
  setExitCode,
});
const desired = composeDesired(config, stdin, stop.signal);
registerDesired(program, {
  ...desired,
  openTopic: askingFirst(config, desired.openTopic),
  watch: composeWatch(config, desired, stop.signal),
  index: composeDesiredIndex(config, desired.openTopic, stop.signal),
  report,
  stdout,
  stderr,
  setExitCode,
  signal: stop.signal,
  clock: Date.now,
});
const operations = composeOperations(config);
registerDeadLetters(program, {
  ...operations,
  stdout,
  stderr,
  setExitCode,
  clock: Date.now,
  signal: stop.signal,
});
registerLag(program, { ...operations, stdout, setExitCode });
registerConsumption(program, { ...operations, stdout, stderr, setExitCode, clock: Date.now });
registerDoctor(program, {
  stdout,
  setExitCode,
  signal: stop.signal,
  diagnose: composeDoctor(config),
});
registerAlerts(program, {
  stdout,
  stderr,
  setExitCode,
  apply: composeAlerts(config, stop.signal),
  folder: ALERT_CONTENT,
});
registerQuery(program, {
  stdout,
  stderr,
  setExitCode,
  clock: Date.now,
  withSearch: composeQuery(config, stop.signal, () => performance.now()),
});
registerCoverage(program, { stdout, coverage: composeCoverage(config) });
for (const command of program.commands) {
  if (command.commands.length > 0) command.commands.forEach(addConfigOptions);
  else if (command.name() !== 'scan') addConfigOptions(command);
}
registerConfig(program, {
  namedFiles: (loaded) => [...detectionFiles(loaded), ...certificateFiles(loaded)],
});
// They take all by their options, and no configuration.
registerIgnore(program, {
  ...filesOnly,
  stdin,
  stdout,
  stderr,
  signal: stop.signal,
  clock: Date.now,
  setExitCode,
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has told it already; help and version end with 0.
    setExitCode(error.exitCode === 0 ? 0 : 2);
  } else if (error === stop.signal.reason) {
    setExitCode(INTERRUPTED);
  } else {
    report(error);
    setExitCode(error instanceof OutputClosedError ? 0 : 2);
  }
}
if (askedAt !== undefined && process.exitCode === undefined) setExitCode(0);

/** kafkajs keeps a connection open that it made while a broker was away: it must not keep an ended command alive. */
const LEFTOVERS_MS = 2_000;
const endWhenWritten = (): void => {
  if (stdout.writableLength + stderr.writableLength === 0) process.exit();
  setTimeout(endWhenWritten, LEFTOVERS_MS).unref();
};
setTimeout(endWhenWritten, LEFTOVERS_MS).unref();
