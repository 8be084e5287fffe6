import type { Telemetry, TelemetryEvent } from '../../src/telemetry/telemetry-event.ts';

export interface RecordedTelemetry extends Telemetry {
  readonly events: readonly TelemetryEvent[];
  of<T extends TelemetryEvent['type']>(type: T): readonly Extract<TelemetryEvent, { type: T }>[];
}

/** Telemetry that keeps what it was told. */
export const recordedTelemetry = (): RecordedTelemetry => {
  const events: TelemetryEvent[] = [];
  return {
    events,
    emit: (event) => void events.push(event),
    of: <T extends TelemetryEvent['type']>(type: T) =>
      events.filter((event): event is Extract<TelemetryEvent, { type: T }> => event.type === type),
  };
};
