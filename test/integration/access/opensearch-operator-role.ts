import { describe, expect, it } from 'vitest';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import type { CommandRig } from './opensearch-command-roles.ts';

/** What the user of the operator's role may, and what not. */
export const describeOperatorRole = (rig: () => CommandRig): void => {
  describe('the operator', () => {
    const operator = () => ({ user: 'driftline-operator', password: rig().password });

    it('sets up, twice, and looks after indices', async () => {
      // The first time was for all of these tests.
      const again = await runDriftlineCommand(['setup', ...rig().deployment.settings]);
      expect(again.stderr).toBe('');
      expect(again.code).toBe(0);
      const as = operator();
      const settings = { index: { refresh_interval: '2s' } };
      const put = await rig().secured.ask(
        as,
        'PUT',
        '/drift-candidates-2026.01/_settings',
        settings,
      );
      expect(put.status).toBe(200);
      expect((await rig().secured.ask(as, 'GET', '/_cat/indices/audit-events*')).status).toBe(200);
    });

    it('puts nothing in the way of an event that would change it', async () => {
      const as = operator();
      const path = '/_ingest/pipeline/changes-events';
      const pipeline = { processors: [{ remove: { field: 'driftline' } }] };
      const { status, body } = await rig().secured.ask(as, 'PUT', path, pipeline);
      expect(status).toBe(403);
      expect(JSON.stringify(body)).toContain('cluster:admin/ingest/pipeline/put');
      expect((await rig().secured.ask(as, 'GET', path)).status).toBe(403);
      expect((await rig().secured.ask(as, 'DELETE', path)).status).toBe(403);
    });

    it('reads and writes no document', async () => {
      const as = operator();
      expect((await rig().secured.ask(as, 'POST', '/audit-events/_search', {})).status).toBe(403);
      expect((await rig().secured.ask(as, 'PUT', '/desired-state/_doc/x', {})).status).toBe(403);
      expect((await rig().secured.ask(as, 'PUT', '/other', {})).status).toBe(403);
    });
  });
};
