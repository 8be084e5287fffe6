import { describe, expect, it, vi } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { call, owned } from './detect/owned-resources.ts';
import { contextOf } from './sample-context.ts';

const run = (
  key: string,
  request: JsonObject,
  resources: readonly DesiredResource[],
  response?: JsonObject,
): ProcessedEvent => processEvent(call(key, request, response), contextOf(resources));

const kinds = ({ candidates }: ProcessedEvent): readonly (readonly string[])[] =>
  candidates.map(({ kind, resource }) => [kind, resource.key]);

describe('a call whose answer says that it failed for some', () => {
  const logs = ['fl-1', 'fl-2'].map((id) => owned('aws_flow_log', { id }, { address: id }));
  const request = {
    DeleteFlowLogsRequest: {
      FlowLogId: [
        { content: 'fl-1', tag: 1 },
        { content: 'fl-2', tag: 2 },
      ],
    },
  };
  const unsuccessful = (item: JsonObject | string): JsonObject => ({
    DeleteFlowLogsResponse: { unsuccessful: item },
  });

  it('deleted only the others', () => {
    const answer = unsuccessful({ item: { resourceId: 'fl-2', error: { code: 'NotFound' } } });
    expect(kinds(run('ec2:DeleteFlowLogs', request, logs, answer))).toEqual([
      ['deleted', 'prod/fl-1'],
    ]);
  });

  it('deleted all where the answer names none', () => {
    expect(kinds(run('ec2:DeleteFlowLogs', request, logs, unsuccessful('')))).toHaveLength(2);
  });

  it('that failed for all targets of a rule did nothing to the rule', () => {
    const rule = owned('aws_cloudwatch_event_rule', { id: 'nightly', name: 'nightly' });
    const target = owned('aws_cloudwatch_event_target', {
      id: 'nightly-1',
      rule: 'nightly',
      event_bus_name: 'default',
      target_id: '1',
    });
    const removed = { rule: 'nightly', ids: ['1'] };
    const failed = { failedEntryCount: 1, failedEntries: [{ targetId: '1', errorCode: 'x' }] };
    expect(kinds(run('events:RemoveTargets', removed, [rule, target]))).toEqual([
      ['deleted', target.key],
    ]);
    expect(run('events:RemoveTargets', removed, [rule, target], failed).outcome).toBe('unresolved');
  });
});

describe('tags', () => {
  const tag = (key: string, value: string): DesiredResource =>
    owned(
      'aws_ec2_tag',
      { id: `i-1,${key}`, resource_id: 'i-1', key, value },
      { address: `aws_ec2_tag.${key}` },
    );

  it('that are resources of their own are each compared with their own value', () => {
    const request = {
      resourcesSet: { items: [{ resourceId: 'i-1' }] },
      tagSet: {
        items: [
          { key: 'env', value: 'prod' },
          { key: 'team', value: 'evil' },
        ],
      },
    };
    const { candidates } = run('ec2:CreateTags', request, [tag('env', 'prod'), tag('team', 'web')]);
    expect(candidates).toMatchObject([
      { kind: 'restored', changes: [{ observed: 'prod', verdict: 'equals_desired' }] },
      { kind: 'changed', changes: [{ observed: 'evil', desired: 'web', verdict: 'differs' }] },
    ]);
  });

  it('of a thousand resources, a thousand on each, are looked up within a bound', () => {
    const each = (name: string): JsonObject[] =>
      Array.from({ length: 1_000 }, (_, at) => ({ [name]: `${name}-${at}`, value: 'x' }));
    const request = { resourcesSet: { items: each('resourceId') }, tagSet: { items: each('key') } };
    const lookup = vi.fn(() => []);
    const context = { ...contextOf([]), index: { lookup, covers: () => true, size: 1 } };
    expect(processEvent(call('ec2:CreateTags', request), context).candidates).toEqual([]);
    expect(lookup.mock.calls.length).toBeLessThan(20_000);
  });

  const arn = 'arn:aws:sqs:eu-west-1:111122223333:jobs';
  const queue = owned('aws_sqs_queue', { id: 'jobs', arn, tags: { env: 'prod', key: 'a' } });

  it('that are set by ARN through the tagging API are changes of the resource', () => {
    const request = { resourceARNList: [arn], tags: { env: 'dev' } };
    expect(run('tagging:TagResources', request, [queue]).candidates).toMatchObject([
      { kind: 'changed', changes: [{ path: 'tags.env', observed: 'dev', desired: 'prod' }] },
    ]);
    const untag = { resourceARNList: [arn], tagKeys: ['env'] };
    expect(run('tagging:UntagResources', untag, [queue]).candidates).toMatchObject([
      { changes: [{ path: 'tags.env', action: 'remove', verdict: 'differs' }] },
    ]);
  });

  it('of which one is called key are all told', () => {
    const request = { resourceARNList: [arn], tags: { key: 'b', env: 'dev' } };
    const [candidate] = run('tagging:TagResources', request, [queue]).candidates;
    expect(candidate?.changes.map(({ path }) => path)).toEqual(['tags.key', 'tags.env']);
  });
});
