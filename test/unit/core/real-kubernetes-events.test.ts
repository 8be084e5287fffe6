import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { hasSharedData, sharedData } from '../../support/shared-data.ts';
import { contextOf } from './sample-context.ts';

const context = contextOf([]);

/** The first sentence of a failure: values and places left out. */
const reasonOf = (message: string): string =>
  message.replace(/ is .*| are .*/s, '').split(' nor ')[0] ?? '';

/** How the records of a file end, counted. */
const endings = (file: string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  const count = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const lines = readFileSync(sharedData(`events/${file}`), 'utf8')
    .split('\n')
    .filter(Boolean);
  for (const line of lines) {
    const decoded = decodeRecord(Buffer.from(line));
    if (decoded instanceof Promise) throw new Error('The record is no JSON.');
    for (const { reason, message } of decoded.failures) count(`${reason}: ${reasonOf(message)}`);
    for (const event of decoded.events) {
      const { outcome, reason } = processEvent(event, context);
      count(`${event.provider} ${outcome} ${reason}`);
    }
  }
  expect(Object.values(counts).reduce((sum, each) => sum + each, 0)).toBe(lines.length);
  return counts;
};

describe.skipIf(!hasSharedData)('real events', () => {
  it('of Falco end each as what they are', () => {
    expect(endings('falco-k8s-audit.k8s.ndjson')).toEqual({
      'kubernetes read read_only': 1,
      'kubernetes runtime record_type': 2,
      'kubernetes service k8s_controller': 11,
      'kubernetes unresolved no_desired_resource': 37,
    });
  });

  it('of tests of Panther end as what they are, or say what their authors left out', () => {
    expect(endings('panther-analysis.k8s.ndjson')).toEqual({
      'kubernetes failed call_failed': 4,
      'kubernetes read read_only': 7,
      'kubernetes runtime runtime_operation': 3,
      'invalid_event: Kubernetes audit event: auditID': 158,
      'invalid_event: Kubernetes audit event: verb': 4,
      'invalid_event: Kubernetes audit event: neither stageTimestamp': 9,
    });
  });

  it('of HCP Terraform end as what they are', () => {
    expect(endings('hcp-terraform-audit-docs.tfc.ndjson')).toEqual({
      'terraform unresolved operation_unmapped': 1,
    });
  });
});
