import type * as Resources from '@opentelemetry/resources';
import type * as OtlpExporter from '@opentelemetry/exporter-trace-otlp-http';
import type * as Sdk from '@opentelemetry/sdk-trace';
import type { TracerProvider } from '@opentelemetry/api';

type Environment = Readonly<Record<string, string | undefined>>;

/** The packages that export spans. */
export interface ExporterPackages {
  readonly sdk: Pick<
    typeof Sdk,
    | 'TracerProvider'
    | 'BatchSpanProcessor'
    | 'ParentBasedSampler'
    | 'AlwaysOnSampler'
    | 'AlwaysOffSampler'
    | 'TraceIdRatioBasedSampler'
  >;
  readonly resources: Pick<
    typeof Resources,
    'defaultResource' | 'detectResources' | 'envDetector' | 'resourceFromAttributes'
  >;
  readonly otlp: Pick<typeof OtlpExporter, 'OTLPTraceExporter'>;
}

export interface ExporterOptions {
  /** Where spans are posted to; undefined: as `OTEL_EXPORTER_OTLP_*` say, or the port 4318 of this machine. */
  readonly endpoint: string | undefined;
  readonly version: string;
  readonly environment: Environment;
  readonly onWarning: (message: string) => void;
}

export interface SpanExporter {
  readonly provider: TracerProvider;
  /** Whether the collector has taken what was sent to it last. */
  readonly isTaken: () => boolean;
  /** Sends what is left. */
  readonly shutdown: () => Promise<void>;
}

/** Spans that wait to be sent: beyond them the newest are dropped, and the log tells how many. */
const QUEUE = { maxQueueSize: 2_048, maxExportBatchSize: 512, scheduledDelayMillis: 1_000 };

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const EXPORTED = 0;

/** The sampler that `OTEL_TRACES_SAMPLER` names; by default whatever a parent has decided, and all without a parent. */
const samplerOf = (
  { sdk }: ExporterPackages,
  { environment, onWarning }: ExporterOptions,
): Sdk.Sampler => {
  const name = environment['OTEL_TRACES_SAMPLER'] ?? 'parentbased_always_on';
  const argument = environment['OTEL_TRACES_SAMPLER_ARG'];
  const ratio = (): Sdk.Sampler => {
    const given = Number(argument ?? '1');
    const isRatio = given >= 0 && given <= 1;
    if (!isRatio) onWarning('OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1: 1 is taken.');
    return new sdk.TraceIdRatioBasedSampler(isRatio ? given : 1);
  };
  const roots: Readonly<Record<string, () => Sdk.Sampler>> = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: ratio,
  };
  const [, parentBased, rootName = ''] = /^(parentbased_)?(.*)$/.exec(name) ?? [];
  const root = Object.hasOwn(roots, rootName) ? roots[rootName] : undefined;
  if (root === undefined)
    onWarning('OTEL_TRACES_SAMPLER is not known: parentbased_always_on is taken.');
  const sampler = (root ?? (() => new sdk.AlwaysOnSampler()))();
  return root !== undefined && parentBased === undefined
    ? sampler
    : new sdk.ParentBasedSampler({ root: sampler });
};

/** Sends spans by OTLP over HTTP, in batches. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` count. */
export const createSpanExporter = (
  packages: ExporterPackages,
  options: ExporterOptions,
): SpanExporter => {
  const { sdk, resources, otlp } = packages;
  const { endpoint, version } = options;
  const collector = new otlp.OTLPTraceExporter(endpoint === undefined ? {} : { url: endpoint });
  let isTaken = false;
  const exporter: Sdk.SpanExporter = {
    export: (spans, done) =>
      collector.export(spans, (result) => {
        isTaken = Number(result.code) === EXPORTED;
        done(result);
      }),
    shutdown: () => collector.shutdown(),
    forceFlush: () => collector.forceFlush(),
  };
  const provider = new sdk.TracerProvider({
    resource: resources
      .defaultResource()
      .merge(
        resources.resourceFromAttributes({
          'service.name': 'driftline',
          'service.version': version,
        }),
      )
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    sampler: samplerOf(packages, options),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, ...QUEUE })],
  });
  return { provider, isTaken: () => isTaken, shutdown: () => provider.shutdown() };
};
