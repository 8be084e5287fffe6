import { renderEvent, type Renderer } from './render-event.ts';
import type { Telemetry } from './telemetry-event.ts';

/** Telemetry that writes log lines and counts metrics. */
export const createTelemetry = (renderer: Renderer): Telemetry => ({
  emit: (event) => renderEvent(renderer, event),
});
