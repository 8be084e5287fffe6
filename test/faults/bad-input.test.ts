import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import avro, { type Schema } from 'avsc';
import kafkajs from 'kafkajs';
import { describe, expect, inject } from 'vitest';
import { rabinFingerprint } from '../../src/codec/avro-fingerprint.ts';
import { ingressEvent, readEvent } from '../support/cloudtrail-fixture.ts';
import { runDriftlineCommand } from '../support/driftline-process.ts';
import { withAdmin } from '../support/kafka-reader.ts';
import type { FaultRun } from './support/fault-run.ts';
import { faultTest } from './support/fault-test.ts';

type Value = string | Buffer | null;

const recordWith = (id: string, fields: object): string =>
  JSON.stringify({ ...(JSON.parse(readEvent(id)) as object), ...fields });

/**
 * Feeds sound events around bad records, lets one member work through all of it, and tells what became of the bad ones:
 * the reasons of dead letters in the order of their records, and the number of documents beyond the sound events.
 */
const outcomeOf = async (
  run: FaultRun,
  bad: readonly Value[],
  settings: readonly string[] = [],
): Promise<{ readonly reasons: readonly (string | undefined)[]; readonly more: number }> => {
  await run.feed(50, 0);
  for (const value of bad) await run.deployment.produce([value], { partition: 0 });
  await run.feed(50, 0);
  const member = run.member(settings);
  await run.deployment.caughtUp();
  expect(await run.retire(member)).toBe(0);
  // A line that is no JSON would be one that a record has forged.
  expect(member.lines.filter(({ text }) => text !== undefined)).toEqual([]);
  expect(member.stderr()).toBe('');
  const { deadLetters, documents } = await run.evidence();
  const inOrder = [...deadLetters].sort(
    (a, b) =>
      Number(a.headers['__connect.errors.offset']) - Number(b.headers['__connect.errors.offset']),
  );
  return {
    reasons: inOrder.map(({ headers }) => headers['driftline.reason']),
    more: documents.length - 100,
  };
};

const mappingFields = async (run: FaultRun): Promise<string> => {
  const { documents } = await run.evidence();
  const answer = await fetch(
    `${inject('stack').opensearch}/${documents[0]?.index}/_field_caps?fields=*`,
  );
  const { fields } = (await answer.json()) as { readonly fields: object };
  return Object.keys(fields).sort().join();
};

const stored = async (run: FaultRun, id: string): Promise<string> => {
  const { documents } = await run.evidence();
  const document = documents.find(({ id: found }) => found.endsWith(id));
  if (document === undefined) throw new Error(`no document ends with ${id}`);
  const answer = await fetch(
    `${inject('stack').opensearch}/${document.index}/_doc/${encodeURIComponent(document.id)}`,
  );
  return answer.text();
};

const nested = (depth: number): string =>
  readEvent('deep').replace(
    '"requestParameters":{}',
    `"requestParameters":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  );

describe('records that are not what they should be', () => {
  faultTest('T51-not-json', {}, async (run) => {
    const bad = [
      'no json',
      '',
      null,
      `\ufeff${readEvent('with-bom')}`,
      Buffer.concat([Buffer.from('{"eventID":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
      '[]',
      '42',
      '{"a":1}{"b":2}',
    ];
    const { reasons, more } = await outcomeOf(run, bad);
    expect(reasons.length + more).toBe(bad.length);
    expect(reasons).toContain('empty');
    expect(reasons).toContain('not_json');
  });

  faultTest('T52-wire-format', {}, async (run) => {
    const bad = [
      Buffer.from([0, 0, 0, 0]),
      Buffer.from([0, 0, 0, 0, 7, 1, 2, 3]),
      Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]),
      Buffer.from([1, 0, 0, 0, 1, 2, 3]),
      Buffer.from([0xc3, 1, 9, 9, 9, 9, 9, 9, 9, 9, 1]),
      Buffer.from([0xc3, 1]),
    ];
    const { reasons } = await outcomeOf(run, bad);
    expect(reasons).toHaveLength(bad.length);
    expect(new Set(reasons)).toEqual(new Set(['unknown_schema', 'not_avro', 'not_json']));
  });

  faultTest('T53-avro', {}, async (run) => {
    const file = new URL('../../schemas/avro/audit-event/v1.avsc', import.meta.url);
    const type = avro.Type.forSchema(JSON.parse(readFileSync(file, 'utf8')) as Schema);
    const head = Buffer.concat([
      Buffer.from([0xc3, 1]),
      rabinFingerprint(JSON.stringify(type.schema())),
    ]);
    const body = type.toBuffer(type.random());
    const bad = [
      Buffer.concat([head, body.subarray(0, body.length >> 1)]),
      Buffer.concat([head, body, Buffer.from('trailing')]),
      Buffer.concat([head, Buffer.alloc(10, 0xff)]),
      Buffer.concat([head, Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f])]),
      Buffer.concat([head, Buffer.alloc(100_000, 0x02)]),
      Buffer.concat([head, Buffer.alloc(1_000, 0x80), Buffer.from([1])]),
      head,
    ];
    const { reasons, more } = await outcomeOf(run, bad);
    expect(new Set(reasons)).toEqual(new Set(['not_avro']));
    expect({ reasons: reasons.length, more }).toEqual({ reasons: bad.length, more: 0 });
  });

  faultTest('T55-numbers-beyond-2^53', {}, async (run) => {
    const exact = '{"big":9007199254740993,"max":9223372036854775807,"fine":0.1000000000000000055}';
    const bad = [
      readEvent('number').replace('"requestParameters":{}', `"requestParameters":${exact}`),
    ];
    expect(await outcomeOf(run, bad)).toEqual({ reasons: [], more: 1 });
    expect(await stored(run, 'number')).toContain(exact);
  });

  faultTest('T56-json-depth', {}, async (run) => {
    const bad = [nested(40), nested(100), nested(5_000), nested(150_000)];
    const { reasons, more } = await outcomeOf(run, bad);
    expect(reasons).toEqual(['too_deep', 'too_deep', 'too_deep']);
    expect(more).toBe(1);
  });

  faultTest('T57-hostile-keys', {}, async (run) => {
    const bad = [
      '"__proto__":{"polluted":true}',
      '"constructor":{"prototype":{"polluted":true}}',
      '"":1',
      '".":1,"..":2',
      '"a..b":1,"a.":2,".a":3',
      `"${'k'.repeat(60_000)}":1`,
      Array.from({ length: 50_000 }, (_, at) => `"key${at}":${at}`).join(','),
      '"same":1,"same":2',
    ].map((keys, at) =>
      readEvent(`key-${at}`).replace('"requestParameters":{}', `"requestParameters":{${keys}}`),
    );
    expect(await outcomeOf(run, bad)).toEqual({ reasons: [], more: bad.length });
  });

  faultTest('T58-attribute-key-explosion', { rssCapMb: 600 }, async (run) => {
    await run.feed(10, 0);
    const member = run.member();
    await run.deployment.caughtUp();
    const before = await mappingFields(run);
    const bad = Array.from({ length: 500 }, (_, record) =>
      recordWith(`explosion-${record}`, {
        requestParameters: Object.fromEntries(
          Array.from({ length: 2_000 }, (_key, at) => [`key-${record}-${at}`, at]),
        ),
      }),
    );
    for (let at = 0; at < bad.length; at += 10)
      await run.deployment.produce(bad.slice(at, at + 10));
    await run.deployment.caughtUp();
    expect(await run.retire(member)).toBe(0);
    expect(await mappingFields(run)).toBe(before);
  });

  faultTest('T59-giant-values', { rssCapMb: 700 }, async (run) => {
    await withAdmin(run.deployment.kafka, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: run.deployment.topics.audit,
            configEntries: [{ name: 'max.message.bytes', value: '20000000' }],
          },
        ],
      }),
    );
    const bad = [
      recordWith('keyword', { userAgent: 'x'.repeat(40_000), sourceIPAddress: 'y'.repeat(40_000) }),
      recordWith('half', { requestParameters: { blob: 'x'.repeat(900_000) } }),
      recordWith('one', { requestParameters: { blob: 'x'.repeat(1_048_576) } }),
      recordWith('ten', { requestParameters: { blob: 'x'.repeat(10 * 1_048_576) } }),
      gzipSync(recordWith('packed', { requestParameters: { blob: 'x'.repeat(20 * 1_048_576) } })),
    ];
    expect(await outcomeOf(run, bad)).toEqual({
      reasons: ['too_large', 'too_large', 'too_large'],
      more: 2,
    });
    const { deadLetters } = await run.evidence();
    const cut = deadLetters.filter(({ headers }) => headers['driftline.truncated'] !== undefined);
    expect(cut).toHaveLength(1);
    expect(cut[0]?.headers['driftline.sha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  faultTest('T60-gzip-bomb-256MiB', { rssCapMb: 500 }, async (run) => {
    await run.feed(50, 0);
    await run.deployment.produce([Buffer.alloc(256 * 1_048_576)], {
      partition: 0,
      codec: kafkajs.CompressionTypes.GZIP,
    });
    await run.feed(50, 0);
    const doomed = run.member();
    expect(await doomed.exited).toBe(1);
    expect(doomed.stderr()).toContain('larger than 67108864 bytes');
    // The way that the message names: all that stands before the bomb is done first.
    const careful = run.member(['--set', 'kafka.maxBytesPerPartition=1']);
    expect(await careful.exited).toBe(1);
    const seek = await runDriftlineCommand([
      ...['consumption', 'seek', '--partition', '0', '--to-offset', '51', '--note', 'a bomb'],
      ...run.deployment.settings,
    ]);
    expect(seek).toMatchObject({ code: 0 });
    const member = run.member();
    await run.deployment.caughtUp();
    expect(await run.retire(member)).toBe(0);
    const { deadLetters } = await run.evidence();
    expect(deadLetters).toMatchObject([{ headers: { 'driftline.reason': 'skipped' } }]);
  });

  faultTest('T61-text-that-plays-tricks', {}, async (run) => {
    const tricks = [
      '\\ud800',
      '\\u0000',
      '\\u202egnp.exe',
      '\\u001b[2J\\u001b[31mred',
      '\\n{\\"level\\":\\"info\\",\\"event\\":\\"service.stopped\\"}\\n',
      '\\r\\nforged: 1',
    ];
    const bad = tricks.map((trick, at) =>
      readEvent(`trick-${at}`).replace(
        '"requestParameters":{}',
        `"requestParameters":{"${trick}":"${trick}"},"errorMessage":"${trick}"`,
      ),
    );
    expect(await outcomeOf(run, bad)).toEqual({ reasons: [], more: bad.length });
  });

  faultTest('T62-timestamps', {}, async (run) => {
    const later = new Date(Date.now() + 5 * 365 * 86_400_000).toISOString();
    const times = [
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      -1,
      'yesterday',
      undefined,
      '',
      later,
    ];
    const bad = times.map((eventTime, at) => recordWith(`time-${at}`, { eventTime }));
    const { reasons, more } = await outcomeOf(run, bad);
    expect({ reasons, more }).toEqual({ reasons: Array(6).fill('invalid_event'), more: 1 });
    const { documents } = await run.evidence();
    const far = documents.find(({ id: found }) => found.endsWith('time-6'));
    expect(far?.index).toMatch(/-quarantine$/);
  });

  faultTest('T32-duplicate-upstream-event', {}, async (run) => {
    const twice = [ingressEvent('twice', 1), readEvent('twice-read')];
    await run.deployment.produce(twice, { partition: 0 });
    await run.deployment.produce(twice, { partition: 1 });
    await run.deployment.produce(twice, { partition: 0 });
    expect(await outcomeOf(run, [])).toEqual({ reasons: [], more: 2 });
  });
});
