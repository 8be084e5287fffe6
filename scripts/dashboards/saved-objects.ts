/** A saved object of OpenSearch Dashboards, as its import takes it. */
export interface SavedObject {
  readonly id: string;
  readonly type: 'index-pattern' | 'search' | 'visualization' | 'dashboard';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  readonly migrationVersion: Readonly<Record<string, string>>;
}

export interface Reference {
  readonly id: string;
  readonly name: string;
  readonly type: SavedObject['type'];
}

/**
 * The last migration of each type in OpenSearch Dashboards 3, which are still those of its first release: a higher one
 * is refused by the import, a lower one is migrated.
 */
export const MIGRATION_VERSIONS = {
  'index-pattern': '7.6.0',
  search: '7.9.3',
  visualization: '7.10.0',
  dashboard: '7.9.3',
} as const;

const INDEX_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

/** The object with its references and the version of its type. */
export const savedObject = (
  type: SavedObject['type'],
  id: string,
  attributes: Readonly<Record<string, unknown>>,
  references: readonly Reference[] = [],
): SavedObject => ({
  id,
  type,
  attributes,
  references,
  migrationVersion: { [type]: MIGRATION_VERSIONS[type] },
});

/** A filter pill that holds a clause of our own, so that a saved search asks what the command asks. */
interface FilterPill {
  readonly clause: unknown;
  readonly alias: string;
}

/** The search of an object over an index pattern, and the references that it needs. */
export const searchSource = (
  patternId: string,
  pills: readonly FilterPill[],
): { readonly searchSourceJSON: string; readonly references: readonly Reference[] } => ({
  searchSourceJSON: JSON.stringify({
    query: { language: 'kuery', query: '' },
    filter: pills.map(({ clause, alias }, position) => ({
      $state: { store: 'appState' },
      meta: {
        type: 'custom',
        key: 'query',
        value: JSON.stringify(clause),
        alias,
        disabled: false,
        negate: false,
        indexRefName: `kibanaSavedObjectMeta.searchSourceJSON.filter[${position}].meta.index`,
      },
      query: clause,
    })),
    indexRefName: INDEX_REFERENCE,
  }),
  references: [
    { id: patternId, name: INDEX_REFERENCE, type: 'index-pattern' },
    ...pills.map((_pill, position) => ({
      id: patternId,
      name: `kibanaSavedObjectMeta.searchSourceJSON.filter[${position}].meta.index`,
      type: 'index-pattern' as const,
    })),
  ],
});

/** One line each, as an export has them. */
export const ndjson = (objects: readonly SavedObject[]): string =>
  objects.map((each) => `${JSON.stringify(each)}\n`).join('');
