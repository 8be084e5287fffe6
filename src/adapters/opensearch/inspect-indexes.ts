import type { Finding } from '../../pipeline/ports/finding.ts';
import { OpenSearchAccessError } from './access-error.ts';
import { planSetup, type SetupOptions } from './setup.ts';
import type { SetupFiles } from './setup-files.ts';
import type { SetupStep } from './setup-step.ts';
import type { OpenSearchTransport } from './transport.ts';

export interface IndexInspection {
  readonly transport: OpenSearchTransport;
  readonly files: SetupFiles;
  readonly single: SetupOptions['single'];
  /** Names that must be aliases. */
  readonly aliases: readonly string[];
  /** As a command line takes it. */
  readonly node: string;
  /** The command that sets OpenSearch up. */
  readonly setup: string;
}

const MISSING: Readonly<Record<SetupStep['what'], string>> = {
  'component template': 'is missing: OpenSearch would guess the types of fields',
  'index template': 'is missing: OpenSearch would guess the types of fields',
  index: 'is missing: what is written to it may be refused',
  mapping: 'is missing',
  policy: 'is missing: old indexes are not deleted by themselves',
};

const setupFinding = ({ what, name, action, notes }: SetupStep, setup: string): Finding => {
  const subject = what === 'mapping' ? `mapping of ${name}` : `${what} ${name}`;
  switch (action) {
    case 'create':
      return { state: 'fault', subject, what: MISSING[what], mend: setup };
    case 'update':
      return {
        state: 'fault',
        subject,
        what: 'differs from that of this version: it is of another version, or was changed by hand',
        mend: setup,
      };
    case 'skip':
      return { state: 'skipped', subject, what: notes.join('; ') };
    case 'keep':
    case 'none':
      return {
        state: 'ok',
        subject,
        what: notes.length === 0 ? 'is that of this version' : notes.join('; '),
      };
  }
};

const BLOCK = /^index\.blocks\.(read_only_allow_delete|read_only|write)$/;

const blockedIndexes = (body: unknown): ReadonlyMap<string, string> => {
  const blocked = new Map<string, string>();
  for (const [index, { settings = {} }] of Object.entries(
    body as Readonly<Record<string, { readonly settings?: Readonly<Record<string, unknown>> }>>,
  )) {
    for (const [name, value] of Object.entries(settings)) {
      if (BLOCK.test(name) && String(value) === 'true') blocked.set(index, name);
    }
  }
  return blocked;
};

const aliasFindings = async (
  { transport, node }: IndexInspection,
  alias: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const subject = `indexes ${alias}*`;
  const path = `/${encodeURIComponent(alias)}*/_settings`;
  const query = { flat_settings: 'true', ignore_unavailable: 'true', expand_wildcards: 'all' };
  const { status, body } = await transport.request({ method: 'GET', path, query }, signal);
  if (status === 403) return [{ state: 'skipped', subject, what: 'this user may not ask for it' }];
  if (status !== 200 || typeof body !== 'object' || body === null) return [];
  const found: Finding[] = [];
  if (Object.hasOwn(body, alias)) {
    found.push({
      state: 'fault',
      subject,
      what: `an index has the name of the alias ${alias}: it was made without the template`,
      mend: `curl -XPOST '${node}/_reindex' -H 'content-type: application/json' -d '{"source":{"index":"${alias}"},"dest":{"index":"${alias}-old"}}' && curl -XDELETE '${node}/${alias}'`,
    });
  }
  const blocked = blockedIndexes(body);
  const [first] = blocked;
  if (first !== undefined) {
    found.push({
      state: 'fault',
      subject,
      what: `${blocked.size} cannot be written to (${first[0]}: ${first[1]})${first[1].endsWith('allow_delete') ? '; a disk is full' : ''}`,
      mend: `curl -XPUT '${node}/${alias}*/_settings' -H 'content-type: application/json' -d '{"${first[1]}": null}'`,
    });
  }
  if (found.length > 0) return found;
  return [{ state: 'ok', subject, what: `${Object.keys(body).length} indexes` }];
};

const setupFindings = async (
  { transport, files, single, setup }: IndexInspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  try {
    const steps = await planSetup(transport, files, { single, overwrite: false }, signal);
    return steps.map((step) => setupFinding(step, setup));
  } catch (error) {
    // The role of the service does without: `driftline setup` is for another user.
    if (!(error instanceof OpenSearchAccessError) || error.code !== 'opensearch_forbidden')
      throw error;
    const what = `cannot be looked at: ${error.message}`;
    return [{ state: 'skipped', subject: 'templates', what }];
  }
};

/** Compares templates and indexes with how they should be. Rejects where OpenSearch cannot be asked. */
export const inspectIndexes = async (
  inspection: IndexInspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  found.push(...(await setupFindings(inspection, signal)));
  for (const alias of inspection.aliases)
    found.push(...(await aliasFindings(inspection, alias, signal)));
  return found;
};
