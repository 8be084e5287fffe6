import { pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one JSON line a message. Messages are constant; what varies is a field. Never given a payload or a secret. */
export type Logger = Readonly<Record<LogLevel, (fields: LogFields, message: string) => void>> & {
  /** The same logger with fields on every line. */
  with(fields: LogFields): Logger;
  /** From the next line on; a logger that `with` has given before keeps its own. */
  setLevel(level: LogLevel): void;
};

export interface LogDestination {
  write(line: string): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly service: string;
  readonly version: string;
  /** Default: stdout. */
  readonly destination?: LogDestination;
}

type PinoLogger = Pick<ReturnType<typeof pino>, LogLevel | 'child' | 'level'>;

const wrap = (inner: PinoLogger): Logger => ({
  trace: (fields, message) => inner.trace(fields, message),
  debug: (fields, message) => inner.debug(fields, message),
  info: (fields, message) => inner.info(fields, message),
  warn: (fields, message) => inner.warn(fields, message),
  error: (fields, message) => inner.error(fields, message),
  fatal: (fields, message) => inner.fatal(fields, message),
  with: (fields) => wrap(inner.child(fields)),
  setLevel: (level) => {
    inner.level = level;
  },
});

/** JSON lines with `time` (ISO 8601), `level` as a word, `service`, `version`, `msg`. */
export const createLogger = (options: LoggerOptions): Logger =>
  wrap(
    pino(
      {
        level: options.level,
        base: { service: options.service, version: options.version },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      options.destination ?? pino.destination({ dest: 1, sync: true }),
    ),
  );
