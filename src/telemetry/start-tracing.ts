import type * as Api from '@opentelemetry/api';
import { openTelemetryTracer } from './open-telemetry.ts';
import {
  createSpanExporter,
  type ExporterOptions,
  type ExporterPackages,
} from './span-exporter.ts';
import type { Telemetry } from './telemetry-event.ts';
import type { Tracer } from './tracer.ts';

const PACKAGES =
  '@opentelemetry/api @opentelemetry/sdk-trace @opentelemetry/resources @opentelemetry/exporter-trace-otlp-http';

/** How long the end waits for the last spans: the exporter itself goes on for 10 s with a collector that is away. */
const CLOSE_LIMITS = { taking: 3_000, silent: 1_000 };

/** Spans are asked for, and what makes them is not installed. */
export class TracingError extends Error {
  override readonly name = 'TracingError';
  readonly code = 'tracing_packages_missing';
  readonly retriable = false;
}

/** Loads the optional packages of OpenTelemetry. */
export interface OpenTelemetryPackages {
  readonly api: () => Promise<typeof Api>;
  readonly exporter: () => Promise<ExporterPackages>;
}

const installed: OpenTelemetryPackages = {
  api: () => import('@opentelemetry/api'),
  exporter: async () => {
    const [sdk, resources, otlp] = await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    return { sdk, resources, otlp };
  },
};

const load = async <T>(packages: () => Promise<T>): Promise<T> => {
  try {
    return await packages();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) {
      throw error;
    }
    throw new TracingError(
      `traces.enabled takes packages that are not installed: npm install ${PACKAGES}`,
      { cause: error },
    );
  }
};

/** Somebody has registered a tracer provider before us, such as the OpenTelemetry operator by `NODE_OPTIONS`. */
const isRegistered = (api: typeof Api): boolean =>
  // Never ended, so never exported.
  api.isSpanContextValid(api.trace.getTracer('driftline').startSpan('probe').spanContext());

/** The SDK tells an error as JSON, with its stack. */
const plainMessage = (text: string): string => {
  if (!text.startsWith('{')) return text;
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
};

/** What the SDK logs is told as `client.logged`: that spans cannot be sent, or are dropped. Never the spans. */
const tellDiagnostics = (api: typeof Api, telemetry: Telemetry): void => {
  const tell =
    (severity: 'warn' | 'error') =>
    (message: string): void =>
      telemetry.emit({
        type: 'client.logged',
        client: 'opentelemetry',
        severity,
        namespace: 'traces',
        message: plainMessage(message),
      });
  const nothing = (): void => undefined;
  api.diag.setLogger(
    // A collector that is away is no error of the service.
    { error: tell('warn'), warn: tell('warn'), info: nothing, debug: nothing, verbose: nothing },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
};

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends the last spans, within a limit. */
  close(): Promise<void>;
}

/**
 * Loads OpenTelemetry and makes spans; undefined where `OTEL_SDK_DISABLED` is true. A tracer provider that the process
 * has already is used as it is; otherwise spans are sent by OTLP.
 * @throws TracingError
 */
export const startTracing = async (
  options: Omit<ExporterOptions, 'onWarning'> & {
    readonly telemetry: Telemetry;
    /**
     * Most milliseconds that the end waits for the last spans: with a collector that took what was sent to it last, 3 s
     * by default, and with one that did not, or was sent nothing yet, 1 s.
     */
    readonly closeLimits?: { readonly taking: number; readonly silent: number };
  },
  packages: OpenTelemetryPackages = installed,
): Promise<Tracing | undefined> => {
  const { environment, telemetry, version } = options;
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return undefined;
  const api = await load(packages.api);
  if (isRegistered(api)) {
    return { tracer: openTelemetryTracer(api, version), close: async () => undefined };
  }
  tellDiagnostics(api, telemetry);
  const exporter = createSpanExporter(await load(packages.exporter), {
    ...options,
    onWarning: (message) => api.diag.warn(message),
  });
  return {
    tracer: openTelemetryTracer(api, version, exporter.provider),
    close: async () => {
      const { taking, silent } = options.closeLimits ?? CLOSE_LIMITS;
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, exporter.isTaken() ? taking : silent);
      });
      const sent = exporter.shutdown().catch((error: unknown) => {
        api.diag.warn(
          `The last spans are lost: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
      await Promise.race([sent, limit]);
      clearTimeout(timer);
    },
  };
};
