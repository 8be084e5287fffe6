import type { Telemetry } from './telemetry-event.ts';

/** Passes events on until `end`: what a client still logs of its connections then would stand below the end of a service. */
export const untilEnded = (
  telemetry: Telemetry,
): { readonly telemetry: Telemetry; readonly end: () => void } => {
  let ended = false;
  return {
    telemetry: {
      emit: (event) => {
        if (!ended) telemetry.emit(event);
      },
    },
    end: () => {
      ended = true;
    },
  };
};
