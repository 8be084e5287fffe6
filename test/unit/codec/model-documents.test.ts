import { describe, expect, it } from 'vitest';
import { candidateDocument } from '../../../src/codec/candidate-document.ts';
import { desiredDocument } from '../../../src/codec/desired-document.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { mappingFaults, readTemplate } from './mapping.ts';
import { bareCandidate, bareResource, sampleCandidate, sampleResource } from './sample-models.ts';

const origin = { topic: 'audit.events', partition: 3, offset: '42' };
const contentOf = (body: Buffer) => JSON.parse(body.toString()) as JsonObject;

describe('candidateDocument', () => {
  const template = readTemplate('drift-candidates');

  it('is placed by the month of the act, and a second reading of its record leaves it as it is', () => {
    const document = candidateDocument(sampleCandidate, origin);
    expect(document).toMatchObject({
      index: 'drift-candidates-2026.01',
      id: 'c0ffee',
      write: { supersede: '42' },
    });
    expect(candidateDocument(sampleCandidate, origin)).toEqual(document);
  });

  it.each([sampleCandidate, bareCandidate])('fits the mapping, every field', (candidate) => {
    const { body } = candidateDocument(candidate, origin);
    expect(mappingFaults(body, template)).toEqual([]);
    const content = contentOf(body);
    for (const name of Object.keys(candidate)) {
      if (name !== 'ambiguous' || candidate.ambiguous.length > 0) {
        expect(content).toHaveProperty(name);
      }
    }
  });

  it('tells how long it took from the act to its record and from there to the candidate', () => {
    const { time } = sampleCandidate;
    const { body } = candidateDocument(
      sampleCandidate,
      { ...origin, timestamp: time + 300_000 },
      { detectedTime: time + 300_900 },
    );
    expect(mappingFaults(body, template)).toEqual([]);
    expect(contentOf(body).delay).toEqual({
      delivery_ms: 300_000,
      detection_ms: 900,
      total_ms: 300_900,
    });
  });

  it('tells no delay of a record that was read more than a day after it came to Kafka', () => {
    const timestamp = sampleCandidate.time + 300_000;
    const delayAfter = (ms: number) =>
      contentOf(
        candidateDocument(
          sampleCandidate,
          { ...origin, timestamp },
          { detectedTime: timestamp + ms },
        ).body,
      ).delay;
    expect(delayAfter(86_400_000)).toMatchObject({ detection_ms: 86_400_000 });
    expect(delayAfter(86_400_001)).toBeUndefined();
  });

  it('writes observed and desired values as text, whatever their type', () => {
    expect(contentOf(candidateDocument(sampleCandidate, origin).body).changes).toMatchObject([
      {
        observed: '[{"from_port":22,"cidr_blocks":["0.0.0.0/0"]}]',
        desired: '[]',
        peers: [{ environment: 'staging', value: '[{"from_port":22}]' }, { environment: 'test' }],
      },
      { observed: 'null' },
      { verdict: 'unknown' },
    ]);
  });
});

describe('desiredDocument', () => {
  const template = readTemplate('desired-state');
  const place = { topic: 'desired.state', partition: 3, offset: '42' };

  it('has the resource key as id and the version it is given', () => {
    expect(desiredDocument(sampleResource, place, { indexedTime: 5 })).toMatchObject({
      index: 'desired-state',
      id: sampleResource.key,
      write: { replace: '42' },
    });
  });

  it.each([sampleResource, bareResource])('fits the mapping, every field', (resource) => {
    const { body } = desiredDocument(resource, place, { indexedTime: 5 });
    expect(mappingFaults(body, template)).toEqual([]);
    const content = contentOf(body);
    for (const name of Object.keys(resource)) {
      if (name !== 'identities' || resource.identities.length > 0) {
        expect(content).toHaveProperty(name);
      }
    }
    expect(content.attributes).toEqual(resource.attributes);
  });

  it('keeps attributes with harmful keys as text', () => {
    const attributes = JSON.parse('{"tags":{"__proto__":"x"}}') as JsonObject;
    const { body } = desiredDocument({ ...sampleResource, attributes }, place, { indexedTime: 5 });
    expect(contentOf(body)).not.toHaveProperty('attributes');
    expect(contentOf(body).attributes_data).toBe('{"tags":{"__proto__":"x"}}');
    expect(mappingFaults(body, template)).toEqual([]);
  });
});
