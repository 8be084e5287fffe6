import { readTraceContext, traceHeaders } from '../telemetry/trace-context.ts';
import type { SpanAttributes, TraceContext, TraceSpan, Tracer } from '../telemetry/tracer.ts';
import type { DocumentWriter, InputRecord, OutputRecord, UnitCommitter } from './ports.ts';
import type { processUnit } from './process-unit.ts';
import type { UnitSteps } from './unit-steps.ts';

export interface TracedUnits {
  readonly tracer: Tracer;
  readonly groupId: string;
  readonly clientId: string;
}

/** Producers' spans that a unit's span names. A unit may have tens of thousands of records. */
const MAX_LINKS = 64;
/** Candidates of a unit with a span of their own; those beyond it carry on the context that their record had. */
const MAX_CREATED = 128;
/** Characters of a key that a span shows: a resource's key has no limit of its own. */
const MAX_KEY_LENGTH = 256;

/**
 * `messaging.system.name` is of the conventions 1.45; `messaging.system` is the name before, which most backends still
 * look for.
 */
const KAFKA = { 'messaging.system.name': 'kafka', 'messaging.system': 'kafka' } as const;

const operation = (name: string, type: string, topic: string): SpanAttributes => ({
  ...KAFKA,
  'messaging.operation.name': name,
  'messaging.operation.type': type,
  'messaging.destination.name': topic,
});

/** The code of a typed error, or the class of another one: both are closed lists. */
const errorType = (error: unknown): string => {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.constructor.name;
};

/** Ends the spans, children first, with the work, as what the work came to. */
const within = async <T>(spans: readonly TraceSpan[], work: () => Promise<T>): Promise<T> => {
  try {
    const result = await work();
    for (const span of spans) span.end();
    return result;
  } catch (error) {
    for (const span of spans) span.end(errorType(error));
    throw error;
  }
};

/** The different contexts that records carry, the first of them. */
const producersOf = (records: readonly InputRecord[]): readonly TraceContext[] => {
  const found = new Map<string, TraceContext>();
  for (const { headers } of records) {
    if (found.size === MAX_LINKS) break;
    const context = readTraceContext(headers);
    if (context !== undefined) found.set(`${context.traceId} ${context.spanId}`, context);
  }
  return [...found.values()];
};

const tracedWriter = (
  writer: DocumentWriter,
  { tracer }: TracedUnits,
  unit: TraceSpan,
): DocumentWriter => ({
  write: (documents, scope) => {
    const span = tracer.start({
      name: 'bulk',
      kind: 'client',
      parent: unit.context,
      attributes: {
        'db.system.name': 'opensearch',
        'db.operation.name': 'bulk',
        'db.operation.batch.size': documents.length,
      },
    });
    return within([span], () => writer.write(documents, scope));
  },
});

/** The records of one topic in a transaction. */
interface Send {
  readonly topic: string;
  count: number;
  /** Of the records that have a span of their own. */
  readonly created: TraceContext[];
}

/** Well formed: a collector may refuse a whole batch for half a character. */
const shownKey = (key: NonNullable<OutputRecord['key']>): string =>
  key.toString().slice(0, MAX_KEY_LENGTH).toWellFormed();

/** The span of one candidate's record: of the trace that its source came with, otherwise of the unit's. */
const createSpan = (
  { topic, key }: OutputRecord,
  tracer: Tracer,
  unit: TraceSpan,
  producer: TraceContext | undefined,
): TraceContext => {
  const span = tracer.start({
    name: `create ${topic}`,
    kind: 'producer',
    parent: producer ?? unit.context,
    attributes: {
      ...operation('create', 'create', topic),
      ...(key === null ? {} : { 'kafka.message.key': shownKey(key) }),
    },
    // A child of the unit needs no link to it.
    links: producer === undefined ? [] : [unit.context],
  });
  span.end();
  return span.context;
};

/** Puts a context into the headers of each candidate's record. Dead letters keep those that they came with. */
const withContexts = (
  outputs: readonly OutputRecord[],
  sources: ReadonlyMap<OutputRecord, InputRecord>,
  tracer: Tracer,
  unit: TraceSpan,
): { readonly records: readonly OutputRecord[]; readonly sends: readonly Send[] } => {
  const sends = new Map<string, Send>();
  let spans = 0;
  const records = outputs.map((output) => {
    const send = sends.get(output.topic) ?? { topic: output.topic, count: 0, created: [] };
    sends.set(output.topic, send);
    send.count += 1;
    const source = sources.get(output);
    if (source === undefined) return output;
    const producer = readTraceContext(source.headers);
    let context = producer ?? unit.context;
    if (spans < MAX_CREATED) {
      context = createSpan(output, tracer, unit, producer);
      send.created.push(context);
      spans += 1;
    }
    return { ...output, headers: { ...output.headers, ...traceHeaders(context) } };
  });
  return { records, sends: [...sends.values()] };
};

/** The transaction: the commit of the offset, and in it a send to each topic, which is done when the transaction is. */
const tracedCommitter = (
  committer: UnitCommitter,
  { tracer, clientId }: TracedUnits,
  unit: TraceSpan,
  consumer: SpanAttributes,
  sources: ReadonlyMap<OutputRecord, InputRecord>,
): UnitCommitter => ({
  commit: (batch, outputs, scope) => {
    const { records, sends } = withContexts(outputs, sources, tracer, unit);
    const commit = tracer.start({
      name: `commit ${batch.topic}`,
      kind: 'client',
      parent: unit.context,
      attributes: { ...consumer, ...operation('commit', 'settle', batch.topic) },
    });
    const sent = sends.map(({ topic, count, created }) =>
      tracer.start({
        name: `send ${topic}`,
        kind: 'client',
        parent: commit.context,
        attributes: {
          ...operation('send', 'send', topic),
          'messaging.client.id': clientId,
          'messaging.batch.message_count': count,
        },
        links: created.slice(0, MAX_LINKS),
      }),
    );
    return within([...sent, commit], () => committer.commit(batch, records, scope));
  },
});

const traced =
  (process: typeof processUnit, units: TracedUnits): typeof processUnit =>
  async (steps, batch, scope, committer) => {
    const { tracer, groupId, clientId } = units;
    const consumer: SpanAttributes = {
      'messaging.destination.partition.id': String(batch.partition),
      'messaging.consumer.group.name': groupId,
      'messaging.client.id': clientId,
      'messaging.batch.message_count': batch.records.length,
    };
    const unit = tracer.start({
      name: `process ${batch.topic}`,
      kind: 'consumer',
      attributes: { ...operation('process', 'process', batch.topic), ...consumer },
      links: producersOf(batch.records),
    });
    const sources = new Map<OutputRecord, InputRecord>();
    const tracedSteps: UnitSteps = {
      ...steps,
      candidateRecord: (candidate, record) => {
        const output = steps.candidateRecord(candidate, record);
        sources.set(output, record);
        return output;
      },
      writer: tracedWriter(steps.writer, units, unit),
    };
    const tracedCommits = tracedCommitter(committer, units, unit, consumer, sources);
    await within([unit], () => process(tracedSteps, batch, scope, tracedCommits));
  };

/**
 * A unit with spans, by the messaging conventions of OpenTelemetry: `process`, linked to the spans that produced its
 * records, and in it `bulk`, `create`, `commit` and `send`. Without `units` it is `process` itself: whoever does not
 * want spans pays nothing for them.
 */
export const traceUnits = (
  process: typeof processUnit,
  units: TracedUnits | undefined,
): typeof processUnit => (units === undefined ? process : traced(process, units));
