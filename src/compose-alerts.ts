import { applyAlertContent, readAlertContent } from './adapters/opensearch/alert-content.ts';
import { ALERT_CONTENT, openSearch } from './compose-parts.ts';
import type { Config } from './config/schema.ts';

/** The names that the shipped files search by, and what the configuration calls them. */
const renamed = (body: string, { opensearch: { indexes } }: Config): string =>
  body
    .replaceAll('"audit-events"', JSON.stringify(indexes.auditEvents))
    .replaceAll('"drift-candidates"', JSON.stringify(indexes.driftCandidates));

/** Applies the shipped content on the deployment of the configuration. */
export const composeAlerts =
  (config: () => Config, signal: AbortSignal) =>
  async (): Promise<Awaited<ReturnType<typeof applyAlertContent>>> => {
    const loaded = config();
    const content = await readAlertContent(ALERT_CONTENT);
    const transport = openSearch(loaded);
    try {
      return await applyAlertContent(
        transport,
        content.map((each) => ({ ...each, body: renamed(each.body, loaded) })),
        signal,
      );
    } finally {
      await transport.close();
    }
  };
