import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import type { DesiredIndex } from '../../../src/core/model/desired-resource.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/model/json.ts';
import { OUTCOMES } from '../../../src/core/model/outcome.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { cloudTrailEvent } from '../../../src/core/normalize/cloudtrail.ts';
import { ocsfEvent } from '../../../src/core/normalize/ocsf.ts';
import { OUTCOME_REASONS, processEvent } from '../../../src/core/process-event.ts';
import { contextOf, desired } from './sample-context.ts';
import { ingressRecord, rawOf, recordWith } from './sample-event.ts';

// Thousands of records each: on a busy machine more than the default of five seconds.
vi.setConfig({ testTimeout: 60_000 });

const EVENTS = '../shared/data/events';
const hasData = existsSync(EVENTS);
if (!hasData) console.warn(`Skipped: tests over real records, ${EVENTS} is not there.`);

const realRecords = (): readonly JsonObject[] =>
  readdirSync(EVENTS)
    .filter((name) => name.endsWith('cloudtrail.ndjson'))
    .flatMap((name) => readFileSync(`${EVENTS}/${name}`, 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject)
    .map((value) => (isJsonObject(value['detail']) ? value['detail'] : value));

/** Code owns whatever is asked for, with attributes of every kind, so that every step is reached. */
const greedyIndex: DesiredIndex = {
  lookup: (key) => {
    const colon = key.indexOf(':');
    return [
      desired(key.slice(0, colon), key.slice(colon + 1), {
        key,
        identities: [key],
        attributes: {
          id: key,
          ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['10.0.0.0/8'] }],
          tags: { a: 'b' },
          policy: '{"Statement":[]}',
          description: 'd',
        },
      }),
    ];
  },
  covers: () => true,
  size: 1,
};

const context = contextOf([], { index: greedyIndex });
const emptyContext = contextOf([]);

const REASONS: Readonly<Record<string, readonly string[]>> = OUTCOME_REASONS;

/** What holds of every processed event. */
const isSound = (processed: ProcessedEvent): void => {
  const { outcome, reason, candidates, actor } = processed;
  expect(OUTCOMES).toContain(outcome);
  expect(outcome).not.toBe('dead-letter');
  if (outcome !== 'ignored') expect(REASONS[outcome]).toContain(reason);
  expect(candidates.length > 0).toBe(outcome === 'candidate');
  expect(actor === undefined).toBe(['read', 'failed', 'runtime'].includes(outcome));
  const ids = candidates.map((each) => each.candidate_id);
  expect(new Set(ids).size).toBe(ids.length);
};

/** Asks for every field, as a document does. */
const touchAll = (event: AuditEvent): void => {
  const { activityId, statusId, statusCode, readOnly, dataEvent, recordType, region } = event;
  const { actor, sourceIp, userAgent, fromConsole, resources, request, response } = event;
  const all = { activityId, statusId, statusCode, readOnly, dataEvent, recordType, region };
  JSON.stringify([all, actor, sourceIp, userAgent, fromConsole, resources, request, response]);
};

const jsonValue = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
const oddValue = fc.oneof(
  jsonValue,
  fc.constantFrom<JsonValue>('', '*', '{', '{"a":', '[]', null, -1, 1e308, 'true', '__proto__'),
  fc.constantFrom<JsonValue>({ items: {} }, { items: null }, { items: [null] }, { value: [] }, [
    [],
  ]),
);

interface Edit {
  readonly at: number;
  readonly value: JsonValue;
  readonly how: 'replace' | 'delete' | 'wrap' | 'rename';
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(200),
  value: oddValue,
  how: fc.constantFrom('replace', 'delete', 'wrap', 'rename'),
});

/** Changes the n-th place of a JSON value, counted through the whole tree. */
const mangled = (record: JsonObject, edits: readonly Edit[]): JsonObject => {
  const copy = structuredClone(record) as Record<string, JsonValue>;
  for (const { at, value, how } of edits) {
    const places: { readonly holder: Record<string, JsonValue>; readonly key: string }[] = [];
    const visit = (holder: JsonValue): void => {
      if (typeof holder !== 'object' || holder === null) return;
      for (const key of Object.keys(holder)) {
        const own = holder as Record<string, JsonValue>;
        places.push({ holder: own, key });
        visit(own[key] ?? null);
      }
    };
    visit(copy);
    const place = places[at % Math.max(1, places.length)];
    if (place === undefined) continue;
    const before = structuredClone(place.holder[place.key] ?? null);
    if (how === 'replace') place.holder[place.key] = structuredClone(value);
    else if (how === 'wrap') place.holder[place.key] = [before, { items: before, value: before }];
    else delete place.holder[place.key];
    if (how === 'rename' && !Array.isArray(place.holder)) place.holder[`${place.key}X`] = before;
  }
  return copy;
};

const process = (record: JsonObject): ProcessedEvent | undefined => {
  const event = cloudTrailEvent(record, rawOf(record));
  if ('reason' in event) {
    expect(event.reason).toBe('invalid_event');
    return undefined;
  }
  touchAll(event);
  isSound(processEvent(event, emptyContext));
  return processEvent(event, context);
};

const identity: JsonObject = {
  eventID: '5f0a3c9e-2d61-4b0f-8c11-3a9d6e7b1c02',
  eventTime: '2026-03-02T09:14:33Z',
  readOnly: false,
};

describe('whatever its shape', () => {
  const operations = Object.keys(context.tables.get('aws')?.operations.rows ?? {});

  it('the record ends in one outcome: any parameters of any operation of the tables', () => {
    fc.assert(
      fc.property(fc.constantFrom(...operations), oddValue, oddValue, (key, request, response) => {
        const [service, eventName] = key.split(':');
        const record = recordWith({
          eventSource: `${service}.amazonaws.com`,
          eventName,
          requestParameters: request,
          responseElements: response,
        });
        const processed = process(record);
        if (processed !== undefined) isSound(processed);
      }),
      { numRuns: 400 },
    );
  });

  it('the record ends in one outcome: an act on an owned resource, mangled', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const processed = process({ ...mangled(ingressRecord, edits), ...identity });
        if (processed !== undefined) isSound(processed);
      }),
      { numRuns: 600 },
    );
  });

  it('an OCSF document of any shape is an event or a failure with a reason', () => {
    const start: JsonObject = {
      class_uid: 6003,
      time: 1_772_442_873_000,
      metadata: { uid: 'u1' },
      cloud: { provider: 'AWS', account: { uid: '210987654321' }, region: 'eu-central-1' },
      api: {
        operation: 'AuthorizeSecurityGroupIngress',
        service: { name: 'ec2.amazonaws.com' },
        request: { data: JSON.stringify(ingressRecord['requestParameters']) },
        response: { data: '{}' },
      },
      actor: { user: { uid: 'arn:aws:iam::1:user/a', name: 'a' }, session: { uid: 's' } },
      src_endpoint: { ip: '198.51.100.1' },
      unmapped: { readOnly: false },
    };
    let taken = 0;
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const document = mangled(start, edits);
        const event = ocsfEvent(document, rawOf(document));
        if ('reason' in event) return;
        taken++;
        touchAll(event);
        isSound(processEvent(event, context));
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('the same record gives the same result', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const record = { ...mangled(ingressRecord, edits), ...identity };
        const { event: _first, ...one } = process(record) ?? { event: undefined };
        const { event: _second, ...two } = process(structuredClone(record)) ?? { event: undefined };
        expect(two).toEqual(one);
      }),
      { numRuns: 100 },
    );
  });
});

describe.skipIf(!hasData)('real records', () => {
  it('are an event with exactly one outcome or a failure with a reason, and the counts add up', () => {
    const records = realRecords();
    const counts = new Map<string, number>();
    let failures = 0;
    for (const record of records) {
      const processed = process(record);
      if (processed === undefined) {
        failures++;
        continue;
      }
      isSound(processed);
      counts.set(processed.outcome, (counts.get(processed.outcome) ?? 0) + 1);
    }
    const sum = [...counts.values()].reduce((total, count) => total + count, 0);
    expect(sum + failures).toBe(records.length);
    expect(records.length).toBeGreaterThan(1_500);
    expect(failures).toBeLessThan(records.length / 5);
    for (const outcome of ['read', 'failed', 'runtime', 'service', 'candidate', 'unresolved']) {
      expect(counts.get(outcome), outcome).toBeGreaterThan(0);
    }
  });

  it('are still so when mangled', () => {
    const records = realRecords();
    fc.assert(
      fc.property(
        fc.nat(records.length - 1),
        fc.array(edit, { minLength: 1, maxLength: 5 }),
        (at, edits) => {
          const processed = process({ ...mangled(records[at] ?? {}, edits), ...identity });
          if (processed !== undefined) isSound(processed);
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
