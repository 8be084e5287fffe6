import type { Finding } from '../../pipeline/ports/finding.ts';
import { readStored, sameTemplate, type TemplateFile } from './setup.ts';
import type { OpenSearchTransport } from './transport.ts';

export interface IndexInspection {
  readonly transport: OpenSearchTransport;
  readonly templates: readonly TemplateFile[];
  /** Names that must be aliases. */
  readonly aliases: readonly string[];
  /** As a command line takes it. */
  readonly node: string;
  /** The command that puts templates. */
  readonly setup: string;
}

const templateFinding = async (
  { transport, setup }: IndexInspection,
  { name, body }: TemplateFile,
  signal: AbortSignal,
): Promise<Finding> => {
  const subject = `index template ${name}`;
  const stored = await readStored(transport, name, signal);
  if (stored === undefined) {
    return {
      state: 'fault',
      subject,
      what: 'is missing: OpenSearch would guess the types of fields',
      mend: setup,
    };
  }
  return sameTemplate(body, stored)
    ? { state: 'ok', subject, what: 'is that of this version' }
    : {
        state: 'fault',
        subject,
        what: 'differs from that of this version: it is of another version, or was changed by hand',
        mend: setup,
      };
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

/** Compares templates and indexes with how they should be. Rejects where OpenSearch cannot be asked. */
export const inspectIndexes = async (
  inspection: IndexInspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  for (const template of inspection.templates)
    found.push(await templateFinding(inspection, template, signal));
  for (const alias of inspection.aliases)
    found.push(...(await aliasFindings(inspection, alias, signal)));
  return found;
};
