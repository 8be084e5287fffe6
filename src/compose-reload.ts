import { isDeepStrictEqual } from 'node:util';
import { fileVersion } from './adapters/files/file-version.ts';
import { KEYS, type Config } from './config/schema.ts';
import { readTrustedPrincipals } from './config/trusted-principals-file.ts';
import type { DetectionContext } from './core/model/processed-event.ts';
import { watchFile } from './pipeline/watch-file.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Telemetry } from './telemetry/telemetry-event.ts';
import { sleep } from './compose-parts.ts';

/** Where the configuration came from. */
export interface ConfigOrigin {
  /** Undefined: there is none, and nothing that could change. */
  readonly file: string | undefined;
  /** From all sources again. Throws ConfigError. */
  readonly load: () => Config;
}

export interface ReloadOptions {
  readonly config: Config;
  readonly origin: ConfigOrigin;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Told what counts from the next event on. */
  readonly onTrust: (
    trust: Partial<Pick<DetectionContext, 'trustedPrincipals' | 'trustedByAccount'>>,
  ) => void;
}

const INTERVAL_MS = 5_000;

/** Keys whose change takes effect at once. */
const TAKEN = ['log.level', 'detection.trustedPrincipals'];

const valueAt = (config: Config, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((node, name) => (node as Readonly<Record<string, unknown>>)[name], config);

const changedKeys = (before: Config, after: Config): readonly string[] =>
  KEYS.map(([path]) => path).filter(
    (path) => !isDeepStrictEqual(valueAt(before, path), valueAt(after, path)),
  );

/**
 * Takes changes of the log level and of the trusted principals without a restart, until `signal` is aborted: from the
 * configuration file, and from the file of principals. What else has changed is told, and counts after a restart.
 */
export const keepReloading = (options: ReloadOptions, signal: AbortSignal): void => {
  const { origin, logger, telemetry, onTrust } = options;
  let { config } = options;
  const watch = (file: string, onChange: () => void): void => {
    void watchFile(
      {
        version: () => fileVersion(file),
        onChange,
        onRefused: (message) => telemetry.emit({ type: 'config.refused', file, message }),
        sleep,
        intervalMs: INTERVAL_MS,
      },
      signal,
    );
  };
  const { file } = origin;
  if (file !== undefined) {
    watch(file, () => {
      const next = origin.load();
      const changed = changedKeys(config, next);
      config = next;
      logger.setLevel(next.log.level);
      onTrust({ trustedPrincipals: next.detection.trustedPrincipals });
      telemetry.emit({
        type: 'config.reloaded',
        file,
        taken: changed.filter((key) => TAKEN.includes(key)),
        needRestart: changed.filter((key) => !TAKEN.includes(key)),
      });
    });
  }
  const principals = config.detection.trustedPrincipalsFile;
  if (principals !== undefined) {
    watch(principals, () => {
      onTrust({ trustedByAccount: readTrustedPrincipals(principals) });
      const taken = ['detection.trustedPrincipalsFile'];
      telemetry.emit({ type: 'config.reloaded', file: principals, taken, needRestart: [] });
    });
  }
};
