import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classifyItem,
  classifyRequest,
  describeError,
} from '../../../../src/adapters/opensearch/bulk-outcome.ts';

const failed = (status: number, type: string, reason = ''): unknown => ({
  status,
  error: { type, reason },
});

describe('an item of a bulk answer', () => {
  it('that a role does not allow names the privilege, and nobody', () => {
    const reason =
      'no permissions for [indices:data/write/bulk[s], indices:admin/create] and User [name=ann:x/y, backend_roles=[]]';
    expect(classifyItem(failed(403, 'security_exception', reason), 'create')).toEqual({
      kind: 'blocked',
      cause: '403_security_exception',
      detail: 'the role lacks indices:data/write/bulk[s], indices:admin/create',
    });
  });

  it('that an index lacks a field for dead-letters nothing: it names the field, and the set-up', () => {
    const reason =
      'mapping set to strict, dynamic introduction of [cause] within [_doc] is not allowed';
    expect(classifyItem(failed(400, 'strict_dynamic_mapping_exception', reason), 'create')).toEqual(
      {
        kind: 'blocked',
        cause: '400_strict_dynamic_mapping_exception',
        detail:
          'strict_dynamic_mapping_exception: dynamic introduction of [cause] within [_doc]: the index lacks a field of this version; run driftline setup, and mend the index where that does not add it',
      },
    );
  });

  it.each([
    ['created', { status: 201 }, 'create', 'written'],
    ['an equal version written again', { status: 200 }, 'replace', 'written'],
    ['an id that is taken', failed(409, 'version_conflict_engine_exception'), 'create', 'compare'],
    [
      'a higher version there',
      failed(409, 'version_conflict_engine_exception'),
      'replace',
      'superseded',
    ],
    ['queue full', failed(429, 'rejected_execution_exception'), 'create', 'retry'],
    ['flood-stage block', failed(429, 'cluster_block_exception'), 'create', 'retry'],
    ['primary unassigned', failed(503, 'unavailable_shards_exception'), 'create', 'retry'],
    ['a failure of the node', failed(500, 'null_pointer_exception'), 'create', 'retry'],
    ['no status', {}, 'create', 'retry'],
    ['nothing', undefined, 'create', 'retry'],
    ['write block', failed(403, 'cluster_block_exception'), 'create', 'blocked'],
    ['role without the right', failed(403, 'security_exception'), 'create', 'blocked'],
    ['closed index', failed(400, 'index_closed_exception'), 'create', 'blocked'],
    ['auto-create off', failed(404, 'index_not_found_exception'), 'create', 'blocked'],
    [
      'index op on a data stream',
      failed(
        400,
        'illegal_argument_exception',
        'only write ops with an op_type of create are allowed in data streams',
      ),
      'replace',
      'blocked',
    ],
    [
      'too many shards',
      failed(
        400,
        'validation_exception',
        'this cluster currently has [1000]/[1000] maximum shards open',
      ),
      'create',
      'blocked',
    ],
    ['type mismatch', failed(400, 'mapper_parsing_exception'), 'create', 'rejected'],
    ['unknown field, strict', failed(400, 'strict_dynamic_mapping_exception'), 'create', 'blocked'],
    [
      'field limit',
      failed(400, 'illegal_argument_exception', 'Limit of total fields [1000] has been exceeded'),
      'create',
      'rejected',
    ],
    [
      'immense term',
      failed(
        400,
        'illegal_argument_exception',
        'Document contains at least one immense term in field="a"',
      ),
      'create',
      'rejected',
    ],
  ] as const)('%s', (_name, item, write, kind) => {
    expect(classifyItem(item, write).kind).toBe(kind);
  });
});

describe('the answer to a bulk request', () => {
  const error = { error: { type: 'json_parse_exception', reason: 'x' } };

  it.each([
    ['too many requests', 429, error, 'retry'],
    ['a failure of the node', 500, error, 'retry'],
    ['bad gateway, HTML', 502, '<html>', 'retry'],
    ['unavailable', 503, error, 'retry'],
    ['gateway time-out', 504, '', 'retry'],
    ['200 without items', 200, { took: 1 }, 'retry'],
    ['200 with HTML', 200, '<html>', 'retry'],
    ['200 with too few items', 200, { items: [{ create: { status: 201 } }] }, 'retry'],
    ['wrong credentials', 401, 'Unauthorized', 'blocked'],
    ['no right', 403, { error: { type: 'security_exception' } }, 'blocked'],
    ['not an OpenSearch', 404, '<html>', 'blocked'],
    ['a redirect', 301, '', 'blocked'],
    ['a proxy that refuses', 400, '<html>', 'blocked'],
    ['a body that OpenSearch refuses', 400, error, 'split'],
    ['a body too large', 413, '<html>', 'split'],
  ])('%s', (_name, status, body, kind) => {
    expect(classifyRequest({ status, body }, 2).kind).toBe(kind);
  });

  it('hands over the items of an answer with the right count', () => {
    const body = { items: [{ create: { status: 201 } }, { index: { status: 400 } }] };
    expect(classifyRequest({ status: 200, body }, 2)).toEqual({
      kind: 'accepted',
      items: [{ status: 201 }, { status: 400 }],
    });
  });
});

describe('the message of a rejection', () => {
  it('names type and field and leaves the value out', () => {
    const reason =
      "failed to parse field [time] of type [date] in document with id 'a1'. Preview of field's value: 'hunter2'";
    const caused_by = { type: 'illegal_argument_exception', reason: 'For input string: "hunter2"' };
    const message = describeError({ type: 'mapper_parsing_exception', reason, caused_by });
    expect(message).toBe(
      'mapper_parsing_exception (illegal_argument_exception): failed to parse field [time]: of type [date]',
    );
  });

  it('names the field that a strict mapping refused', () => {
    const reason =
      'mapping set to strict, dynamic introduction of [x] within [_doc] is not allowed';
    expect(describeError({ type: 'strict_dynamic_mapping_exception', reason })).toContain('[x]');
  });

  it('is bounded and has no control characters', () => {
    const message = describeError({ type: `a\n${'b'.repeat(5000)}`, reason: 'c'.repeat(5000) });
    expect(message.length).toBeLessThanOrEqual(400);
    expect(message).not.toContain('\n');
  });
});

describe('whatever OpenSearch or a proxy answers', () => {
  const status = fc.oneof(
    fc.integer({ min: 100, max: 599 }),
    fc.constantFrom(200, 400, 409, 413, 429, 503),
  );
  const error = fc.oneof(
    fc.record({
      type: fc.constantFrom('mapper_parsing_exception', 'index_closed_exception', 'x'),
      reason: fc.oneof(fc.string(), fc.constant('no write index is defined')),
    }),
    fc.jsonValue(),
  );
  /** What a repeat may mend: nobody's document is at fault. */
  const passes = (code: number): boolean => code === 429 || code === 408 || code >= 500;

  it('is a result for each item: what may pass is tried again, and only 400 and 413 make a dead letter', () => {
    fc.assert(
      fc.property(status, error, fc.constantFrom('create', 'replace'), (code, given, write) => {
        const { kind } = classifyItem({ status: code, error: given }, write);
        if (kind === 'rejected') expect([400, 413]).toContain(code);
        if (kind === 'written') expect(code).toBeGreaterThanOrEqual(200);
        if (passes(code)) expect(kind).toBe('retry');
      }),
    );
  });

  it('settles no document where the answer is not whole, and halves only what a document can be at fault for', () => {
    const body = fc.oneof(
      fc.record({ items: fc.array(fc.jsonValue(), { maxLength: 4 }) }),
      fc.record({ error }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(status, body, fc.nat(4), (code, given, count) => {
        const outcome = classifyRequest({ status: code, body: given }, count);
        if (outcome.kind === 'accepted') expect(outcome.items).toHaveLength(count);
        if (outcome.kind === 'split') expect([400, 413]).toContain(code);
        if (passes(code)) expect(outcome.kind).toBe('retry');
      }),
    );
  });

  it('is no reason to wait for ever because the reason quotes a value of the document', () => {
    const quoting = failed(
      400,
      'mapper_parsing_exception',
      "failed to parse field [time] of type [date]. Preview of field's value: 'data streams'",
    );
    expect(classifyItem(quoting, 'create').kind).toBe('rejected');
  });
});
