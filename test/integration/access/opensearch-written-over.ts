import { describe, expect, it } from 'vitest';
import type { CommandRig } from './opensearch-command-roles.ts';

/** What the plugin cannot refuse: it has one privilege for making a document and for writing over one. */
export const describeWritingOver = (rig: () => CommandRig): void => {
  describe('the ingest role and documents that are there', () => {
    it('lets its user write over an event, whose version tells of it unless that is kept', async () => {
      const at = { _index: 'audit-events-2026.01.01', _id: 'written-over' };
      const bulk = async (
        action: 'create' | 'index',
        text: string,
        versioned: object = {},
      ): Promise<unknown> => {
        const lines = [{ [action]: { ...at, ...versioned } }, { raw_data: text }].map((line) =>
          JSON.stringify(line),
        );
        const { secured, password } = rig();
        const ingest = { user: 'driftline-ingest', password };
        const { body } = await secured.ask(ingest, 'POST', '/_bulk', `${lines.join('\n')}\n`);
        return (body as { readonly items: readonly Record<string, unknown>[] }).items[0]?.[action];
      };
      const stored = async (): Promise<unknown> =>
        (await rig().secured.ask(rig().secured.admin, 'GET', `/${at._index}/_doc/${at._id}`)).body;
      expect(await bulk('create', 'first')).toMatchObject({ status: 201 });
      expect(await stored()).toMatchObject({ _version: 1, _source: { raw_data: 'first' } });
      expect(await bulk('create', 'second')).toMatchObject({ status: 409 });
      const kept = { version: 1, version_type: 'external_gte' };
      expect(await bulk('index', 'unseen', kept)).toMatchObject({ status: 200 });
      expect(await stored()).toMatchObject({ _version: 1, _source: { raw_data: 'unseen' } });
      expect(await bulk('index', 'second')).toMatchObject({ status: 200 });
      expect(await stored()).toMatchObject({ _version: 2, _source: { raw_data: 'second' } });
    });
  });
};
