import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../../src/codec/decode-record.ts';
import type { AuditEvent } from '../../../../src/core/model/audit-event.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { processEvent } from '../../../../src/core/process-event.ts';
import { contextOf, desired } from '../sample-context.ts';

const record = (resource: object, auth: object = {}, fields: object = {}) => ({
  id: 'ae66e491-db59-457c-8445-9c908ee726ae',
  version: '0',
  type: 'Resource',
  timestamp: '2026-03-02T09:14:33.000Z',
  auth: {
    accessor_id: 'user-MaPuLxAXvtq2PWTH',
    description: 'erin',
    type: 'Client',
    impersonator_id: null,
    organization_id: 'org-AGLwRmx1snv34Yts',
    ...auth,
  },
  request: { id: '4df584d4-7e2a-01e6-6cc0-4adbefa020e6' },
  resource: { id: 'var-1', type: 'variable', action: 'update', meta: null, ...resource },
  ...fields,
});

const decode = (value: unknown) => {
  const decoded = decodeRecord(Buffer.from(JSON.stringify(value)));
  if (decoded instanceof Promise) throw new Error('The record is no JSON.');
  return decoded;
};

const eventOf = (value: unknown): AuditEvent => {
  const { events, failures } = decode(value);
  expect(failures).toEqual([]);
  return events[0]!;
};

const owned = (type: string, id: string): DesiredResource =>
  desired(type, id, { provider: 'terraform', account: undefined, region: undefined } as never);

const told = (resource: object, resources: readonly DesiredResource[], auth = {}) => {
  const processed = processEvent(eventOf(record(resource, auth)), contextOf(resources));
  return [
    processed.outcome,
    processed.reason,
    ...processed.candidates.map(({ kind, resource: { identity } }) => `${kind} ${identity}`),
  ];
};

describe('an event of the audit trail of HCP Terraform', () => {
  it('tells who did what to which resource', () => {
    const event = eventOf(record({}));
    expect(event).toMatchObject({
      id: 'terraform:org-AGLwRmx1snv34Yts:ae66e491-db59-457c-8445-9c908ee726ae',
      provider: 'terraform',
      service: 'hcp-terraform',
      operation: 'variable.update',
      account: 'org-AGLwRmx1snv34Yts',
      readOnly: false,
      resources: [{ uid: 'var-1', type: 'variable' }],
    });
    expect(event.actor).toMatchObject({ userUid: 'user-MaPuLxAXvtq2PWTH', userName: 'erin' });
  });

  it('is taken out of a page of the API', () => {
    const page = {
      data: [record({}), record({}, {}, { id: 'b' })],
      pagination: { total_pages: 1 },
    };
    expect(decode(page).events).toHaveLength(2);
  });

  it.each([
    [{ id: undefined }, 'id is missing or not a text.'],
    [{ id: 'a b' }, 'id is not 1 to 160 printable'],
    [{ timestamp: 'now' }, 'timestamp is not a time'],
    [{ resource: { type: 'variable', action: 7 } }, 'resource.action is missing or not a text.'],
    [{ resource: { action: 'update' } }, 'resource.type is missing or not a text.'],
  ])('says what %j lacks', (fields, message) => {
    const [failure] = decode(record({}, {}, fields)).failures;
    expect(failure?.reason).toBe('invalid_event');
    expect(failure?.message).toContain(message);
  });
});

describe('an act in HCP Terraform', () => {
  const variable = owned('tfe_variable', 'var-1');

  it('is drift of what code owns, without values, which the trail has not', () => {
    expect(told({}, [variable])).toEqual([
      'candidate',
      'outside_code',
      'changed tfe_variable:var-1',
    ]);
    expect(told({ action: 'destroy' }, [variable])).toEqual([
      'candidate',
      'outside_code',
      'deleted tfe_variable:var-1',
    ]);
  });

  it.each([
    [{ action: 'read' }, 'read', 'read_only'],
    [{ id: 'run-1', type: 'run', action: 'create' }, 'runtime', 'runtime_operation'],
    [
      { id: 'cv-1', type: 'configuration_version', action: 'create' },
      'runtime',
      'runtime_operation',
    ],
    [{ id: 'var-9' }, 'unresolved', 'no_desired_resource'],
    [
      { id: 'at-1', type: 'authentication_token', action: 'create' },
      'unresolved',
      'operation_unmapped',
    ],
    [{ id: 'pc-1', type: 'policy_check', action: 'override' }, 'unresolved', 'no_identity'],
  ])('%j is %s', (resource, outcome, reason) => {
    expect(told(resource, [variable])).toEqual([outcome, reason]);
  });

  it('of HCP Terraform itself is its own', () => {
    expect(told({}, [variable], { type: 'System' })).toEqual(['service', 'cloud_service']);
  });

  it('is about the workspace where its metadata names that', () => {
    const workspace = owned('tfe_workspace', 'ws-1');
    const resource = {
      id: 'sv-1',
      type: 'state_version',
      action: 'create',
      meta: { workspace: { id: 'ws-1' } },
    };
    expect(told(resource, [workspace])).toEqual([
      'candidate',
      'outside_code',
      'changed tfe_workspace:ws-1',
    ]);
  });
});
