import type { Command } from 'commander';
import type { Terminal } from './output/terminal.ts';

/** What became of one monitor, log type, rule or correlation. */
interface Applied {
  readonly kind: string;
  readonly name: string;
  readonly action: 'created' | 'kept' | 'absent';
}

export interface AlertsEnvironment extends Terminal {
  readonly apply: () => Promise<readonly Applied[]>;
  /** The folder that the files ship in. */
  readonly folder: string;
}

const PLUGINS: Readonly<Record<string, string>> = {
  monitors: 'Alerting',
  'log-types': 'Security Analytics',
  rules: 'Security Analytics',
  correlations: 'Security Analytics',
};

/** `driftline alerts apply`: monitors, and content of Security Analytics, where the plugins are. */
export const registerAlerts = (
  program: Command,
  { stdout, stderr, setExitCode, apply, folder }: AlertsEnvironment,
): void => {
  program
    .command('alerts')
    .description('monitors, Sigma rules and correlations for OpenSearch')
    .command('apply')
    .description('create those that are missing, where the plugins answer; safe to repeat')
    .action(async () => {
      const reports = await apply();
      for (const { kind, name, action } of reports) {
        if (action !== 'absent') stdout.write(`${kind} ${name}: ${action}\n`);
      }
      const missing = reports.filter(({ action }) => action === 'absent');
      for (const plugin of new Set(missing.map(({ kind }) => PLUGINS[kind] ?? kind))) {
        const count = missing.filter(({ kind }) => PLUGINS[kind] === plugin).length;
        stderr.write(
          `driftline: the plugin ${plugin} does not answer: ${count} files of ${folder} were not applied\n`,
        );
      }
      setExitCode(missing.length === 0 ? 0 : 1);
    });
};
