import { writeFileSync } from 'node:fs';
import { addressesOf } from '../local/options.ts';
import { StackError } from '../local/stack-error.ts';
import { reportChecks } from './checks.ts';
import { forgetOwnVariables } from './configuration.ts';
import { DemoError } from './demo-error.ts';
import { runDemo } from './demo.ts';
import { endAll, letGo, markKept, takeOver } from './left-running.ts';
import { demoOptions, USAGE, type DemoOptions } from './options.ts';
import { createScreen } from './screen.ts';
import { serviceLog, serviceUrl } from './service.ts';
import { tellStory } from './story/story.ts';

const screen = createScreen(process.stdout, {
  noColor: (process.env['NO_COLOR'] ?? '') !== '',
  now: () => performance.now(),
});
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) return;
    process.stderr.write('\nEnding what the demo has started ...\n');
    stop.abort(new DemoError('aborted', `The demo was ended by ${name}.`));
  });
}

const printUrls = (options: DemoOptions): void => {
  const addresses = addressesOf(options.stack);
  screen.heading('Everything is left running');
  screen.line(`OpenSearch    ${addresses.opensearch}/drift-candidates/_search?pretty`);
  screen.line(`Kafka         ${addresses.kafka}`);
  screen.line(`the service   ${serviceUrl(options)}/readyz  ${serviceUrl(options)}/metrics`);
  screen.line(`its log       ${serviceLog(options)}`);
  screen.line('to end it     npm run demo -- --stop');
};

const run = async (options: DemoOptions): Promise<number> => {
  const begun = performance.now();
  await takeOver(options);
  let right = false;
  let keep = false;
  try {
    screen.line(screen.paint('bold', `Driftline demo: ${options.day.date} at Larkfield Books`));
    screen.line();
    const checks = await runDemo(options, screen, stop.signal);
    screen.heading('Are the answers right?');
    right = reportChecks(screen, checks);
    keep = options.keep;
  } finally {
    if (keep) markKept(options);
    // Logs of a demo that went wrong are for whoever looks into it.
    else await endAll(options, right);
    letGo(options);
  }
  if (keep) printUrls(options);
  if (!right) screen.line(`Logs are in ${options.stack.dataDir}.`);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  screen.line();
  screen.line(`${right ? 'The demo has succeeded' : 'The demo has FAILED'} after ${seconds} s.`);
  return right ? 0 : 1;
};

const perform = async (options: DemoOptions): Promise<number> => {
  switch (options.action) {
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    case 'export': {
      const { records } = tellStory(options.day);
      const file = options.exportFile ?? '';
      writeFileSync(file, records.map(({ value }) => `${value}\n`).join(''));
      screen.line(`${records.length.toLocaleString('en-US')} records written to ${file}`);
      return 0;
    }
    case 'stop':
      await endAll(options, true);
      screen.line('The demo is ended, and its data removed.');
      return 0;
    case 'run':
      return run(options);
  }
};

try {
  forgetOwnVariables(process.env);
  process.exitCode = await perform(demoOptions(process.argv.slice(2), Date.now()));
} catch (error) {
  const known = error instanceof DemoError || error instanceof StackError;
  if (!known && !stop.signal.aborted) throw error;
  const said = stop.signal.aborted ? (stop.signal.reason as Error) : (error as Error);
  process.stderr.write(`${said.message}\n`);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}
