import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../../src/codec/model-encoder.ts';
import { unitSteps } from '../../../src/compose-unit-steps.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { DetectionContext } from '../../../src/core/model/processed-event.ts';
import type { DocumentWriter } from '../../../src/pipeline/ports.ts';
import type { UnitSteps } from '../../../src/pipeline/unit-steps.ts';
import type { Telemetry } from '../../../src/telemetry/telemetry-event.ts';

/** The service's own steps of a unit, without a registry. */
export const benchSteps = (
  config: Config,
  context: DetectionContext,
  writer: DocumentWriter,
  telemetry: Telemetry,
): UnitSteps =>
  unitSteps(config, () => context, writer, telemetry, {
    registry: undefined,
    encodeCandidate: modelEncoder(loadSchemas()).encodeCandidate,
    patience: {
      initialDelayMs: 200,
      maxDelayMs: 10_000,
      limitMs: 0,
      now: () => performance.now(),
      sleep: async () => undefined,
      random: Math.random,
      onRetry: () => undefined,
    },
  });
