import { setTimeout as delay } from 'node:timers/promises';
import { startHttpServer } from './adapters/http/server.ts';
import { monotonic, packageVersion } from './compose-parts.ts';
import { watchableSources } from './compose-state-sources.ts';
import type { Config } from './config/schema.ts';
import type { HeldResource } from './core/desired/publish-plan.ts';
import type { DesiredStateTopic, StateSource } from './pipeline/ports.ts';
import { keptForPublish, type KeepHeld } from './pipeline/prepare-states.ts';
import type { DesiredStatesRead, StatesRequest } from './pipeline/read-desired-states.ts';
import { watchDesiredStates } from './pipeline/watch-desired-states.ts';
import { createTelemetry } from './telemetry/create-telemetry.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics, exposition } from './telemetry/metrics.ts';

interface DesiredStates {
  readonly readStates: (request: StatesRequest, source: StateSource) => Promise<DesiredStatesRead>;
  readonly openTopic: (
    signal: AbortSignal,
    keep: KeepHeld,
  ) => Promise<DesiredStateTopic<HeldResource>>;
}

export interface WatchRequest extends StatesRequest {
  readonly intervalMs: number;
  readonly removeAfterMs?: number | undefined;
}

/** What `driftline desired watch` does: a service of its own, with probes and metrics as `run` has them. */
export const composeWatch =
  (config: () => Config, { readStates, openTopic }: DesiredStates, signal: AbortSignal) =>
  async ({ intervalMs, removeAfterMs, ...request }: WatchRequest): Promise<void> => {
    const { log, http, desired } = config();
    const sources = watchableSources(request.paths, desired.maxStateBytes);
    const version = packageVersion();
    const metrics = createMetrics(version, Date.now, 'watch');
    const logger = createLogger({ level: log.level, service: 'driftline-watch', version });
    let isReady = false;
    const server = await startHttpServer({
      ...http,
      live: () => ({ ok: true, reasons: [] }),
      ready: () => ({ ok: isReady, reasons: isReady ? [] : ['desired state is being read'] }),
      metrics: () => exposition(metrics),
    });
    try {
      await watchDesiredStates(
        {
          sources,
          intervalMs,
          removeAfterMs,
          readFiles: (files) =>
            readStates(request, {
              async *files() {
                yield* files;
              },
            }),
          openTopic: async (until) => {
            const topic = await openTopic(until, keptForPublish(request.environment));
            isReady = true;
            return topic;
          },
          telemetry: createTelemetry({ logger, metrics, clock: Date.now }),
          now: monotonic,
          // Resolves early when aborted: the watch looks at the signal itself.
          sleep: (ms, until) => delay(ms, undefined, { signal: until }).catch(() => undefined),
          random: Math.random,
        },
        signal,
      );
    } finally {
      await server.close();
    }
  };
