import { describe, expect, it } from 'vitest';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { PROVIDERS } from '../../../src/core/model/provider.ts';
import { detectSource } from '../../bench/detection/detect-source.ts';
import { desiredForEvents } from '../../support/desired-for-events.ts';
import { labelsOf } from '../../support/detection-labels.ts';
import { KUBERNETES_LAYOUTS } from '../../support/kubernetes-layouts.ts';
import { kubernetesRecordWith } from '../../support/kubernetes-records.ts';
import { createOcsfValidator, readOcsfSchema } from '../../support/ocsf-schema.ts';
import { hasSharedData } from '../../support/shared-data.ts';
import { sourceRecords, sources } from '../../support/source-records.ts';
import { asCandidate, asRead, cloudTrailText, eventOf, eventsOf } from './processed-events.ts';

/** Members of Driftline's own, beside those of OCSF. */
const OWN = new Set(['driftline', 'entities', 'raw']);

const ocsfPart = (body: Buffer): JsonObject => {
  const document = JSON.parse(body.toString()) as JsonObject;
  return Object.fromEntries(Object.entries(document).filter(([name]) => !OWN.has(name)));
};

// ../shared/data is not part of the repository.
describe.skipIf(!hasSharedData)('documents under the published OCSF schema', () => {
  const validator = hasSharedData ? createOcsfValidator(readOcsfSchema()) : undefined;
  const faultsOf = (event: JsonObject): readonly string[] =>
    validator?.faultsOfEvent(event, 'api_activity') ?? [];
  const sample = (): JsonObject =>
    ocsfPart(auditDocument(asCandidate(eventOf(cloudTrailText())), undefined).body);

  it('are valid for the events of every provider, whatever became of them', async () => {
    const faults = new Map<string, string>();
    const seen = new Set<string>();
    let count = 0;
    for (const source of sources()) {
      const records = sourceRecords(source);
      const desired = desiredForEvents(records, labelsOf(source), 0);
      for (const { line, events } of await detectSource(records, desired, [])) {
        for (const processed of events) {
          const { provider, service } = processed.event;
          seen.add(provider);
          count += 1;
          for (const fault of faultsOf(ocsfPart(auditDocument(processed, undefined).body))) {
            if (!faults.has(fault)) faults.set(fault, `${source} ${line} ${service}`);
          }
        }
      }
    }
    expect([...faults]).toEqual([]);
    expect([...seen]).toEqual(expect.arrayContaining([...PROVIDERS]));
    expect(count).toBeGreaterThan(2_000);
  });

  it.each(Object.entries(KUBERNETES_LAYOUTS))('are valid for a record of %s', (_layout, wrap) => {
    const events = eventsOf(JSON.stringify(wrap(kubernetesRecordWith({}))));
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(faultsOf(ocsfPart(auditDocument(asRead(event), undefined).body))).toEqual([]);
    }
  });

  it('are judged by every rule of the schema', () => {
    const { metadata, ...rest } = sample();
    const changed = (fields: object): JsonObject => ({ ...sample(), ...fields });
    expect(faultsOf(sample())).toEqual([]);
    expect(faultsOf(rest)).toContain('event.metadata is missing');
    const { profiles: _profiles, ...plain } = metadata as JsonObject;
    expect(faultsOf(changed({ metadata: plain })).join()).toContain('of the profile cloud');
    expect(faultsOf(changed({ x: 1 }))).toEqual(['event.x is unknown']);
    expect(faultsOf(changed({ time: 'now' }))).toEqual(['event.time is no timestamp_t']);
    expect(faultsOf(changed({ severity_id: 7 }))).toEqual([
      'event.severity_id is none of its values',
    ]);
    expect(faultsOf(changed({ resources: {} }))).toEqual(['event.resources is no list']);
    expect(faultsOf(changed({ type_uid: 600_301 }))).toEqual([
      'event.type_uid is not that of its activity',
    ]);
    expect(faultsOf(changed({ src_endpoint: { name: 'a', ip: 'nowhere' } }))).toEqual([
      'event.src_endpoint.ip has not the form of ip_t',
    ]);
    expect(faultsOf(changed({ actor: {} }))).toEqual(['event.actor has none of what it needs']);
  });
});
