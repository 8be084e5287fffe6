import { describe, expect, it } from 'vitest';
import { REPLAYED_FROM } from '../../src/codec/dead-letter-headers.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../src/codec/model-encoder.ts';
import { unitSteps } from '../../src/compose-unit-steps.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { InputRecord } from '../../src/pipeline/ports.ts';
import { asCandidate, cloudTrailText, eventOf } from './codec/processed-events.ts';
import { sampleCandidate } from './codec/sample-models.ts';

const unused = (): never => {
  throw new Error('not used');
};

const steps = unitSteps(
  loadConfig({ env: {} }),
  unused,
  { write: unused },
  { emit: unused },
  {
    registry: undefined,
    encodeCandidate: modelEncoder(loadSchemas()).encodeCandidate,
    patience: {
      initialDelayMs: 1,
      maxDelayMs: 1,
      limitMs: 0,
      now: () => 0,
      sleep: unused,
      random: unused,
      onRetry: unused,
    },
  },
);

const delayOf = (headers: InputRecord['headers']): unknown => {
  const record: InputRecord = {
    topic: 't',
    partition: 0,
    offset: '1',
    timestamp: Date.now() - 60_000,
    key: null,
    value: null,
    headers,
  };
  const processed = asCandidate(eventOf(cloudTrailText()));
  const { body } = steps.candidateDocument(sampleCandidate, record, processed);
  return (JSON.parse(String(body)) as { readonly delay?: unknown }).delay;
};

describe('the document of a candidate', () => {
  it('tells how long detection took', () => {
    const { detection_ms: detection } = delayOf({}) as { readonly detection_ms: number };
    expect(detection).toBeGreaterThanOrEqual(60_000);
    expect(detection).toBeLessThan(120_000);
  });

  it('tells no delay of a replayed dead letter, which waited for somebody', () => {
    expect(delayOf({ [REPLAYED_FROM]: 'audit.events.dead-letters:0:7' })).toBeUndefined();
  });
});
