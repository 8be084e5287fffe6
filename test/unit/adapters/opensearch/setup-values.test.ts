import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSetupFiles } from '../../../../src/adapters/opensearch/setup-files.ts';
import { withChoices, type IndexChoice } from '../../../../src/adapters/opensearch/setup-values.ts';

const shipped = await readSetupFiles(
  fileURLToPath(new URL('../../../../schemas/opensearch', import.meta.url)),
);
const choice: IndexChoice = {
  shards: 4,
  refreshIntervalMs: 10_000,
  warmAfterDays: 2,
  retentionDays: 30,
};
const chosen = (more: Partial<IndexChoice> = {}, warmNodes?: string) =>
  withChoices(shipped, new Map([['audit-events', { ...choice, ...more }]]), warmNodes);

const settings = (more: Partial<IndexChoice> = {}): unknown =>
  chosen(more).components.find(({ name }) => name === 'audit-events@settings')?.body['template'];

const states = (more: Partial<IndexChoice> = {}, warmNodes?: string): unknown =>
  chosen(more, warmNodes).policies.find(({ name }) => name === 'audit-events')?.body['policy'];

describe('withChoices', () => {
  it('sets shards, replicas and refresh, and keeps what else the file says', () => {
    expect(settings()).toMatchObject({
      settings: {
        index: {
          number_of_shards: 4,
          auto_expand_replicas: '0-1',
          refresh_interval: '10000ms',
          codec: expect.any(String),
        },
      },
    });
    expect(settings({ replicas: 2 })).toMatchObject({
      settings: { index: { auto_expand_replicas: false, number_of_replicas: 2 } },
    });
  });

  it('enters each state of the policy at its age', () => {
    expect(states()).toMatchObject({
      states: [
        { transitions: [{ state_name: 'warm', conditions: { min_index_age: '2d' } }] },
        { transitions: [{ state_name: 'delete', conditions: { min_index_age: '30d' } }] },
        { name: 'delete', transitions: [] },
      ],
    });
  });

  it('leaves out a state that is never entered', () => {
    expect(states({ warmAfterDays: undefined })).toMatchObject({
      states: [
        { transitions: [{ state_name: 'delete', conditions: { min_index_age: '30d' } }] },
        { name: 'delete' },
      ],
    });
    expect(states({ retentionDays: undefined })).toMatchObject({
      states: [{ name: 'hot' }, { name: 'warm', transitions: [] }],
    });
  });

  it('keeps a policy that goes nowhere, so that one that deletes does not stay in force', () => {
    expect(states({ warmAfterDays: undefined, retentionDays: undefined })).toMatchObject({
      states: [{ name: 'hot', transitions: [] }],
    });
  });

  it('moves warm indexes to the nodes that are named', () => {
    expect(JSON.stringify(states({}, 'temp:warm'))).toContain(
      '{"allocation":{"require":{"temp":"warm"}}}',
    );
    expect(JSON.stringify(states())).not.toContain('allocation');
  });

  it('never lets a policy make an index read-only: a late event or a replay has to go to its day', () => {
    expect(JSON.stringify(shipped.policies)).not.toContain('read_only');
  });
});
