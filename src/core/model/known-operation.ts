import { LONGEST_KEPT_KEY, ownText } from './bounded-cache.ts';
import { operationKey } from './operation-key.ts';
import { compileTemplate, type PathTemplate } from './path-template.ts';
import type { OperationRow, ProviderTables, TargetRow } from './provider-tables.ts';

/** A target with its id as templates are read. */
export interface PreparedTarget {
  readonly target: TargetRow;
  readonly template: PathTemplate;
  /** The target's `except`. */
  readonly except?: PathTemplate | undefined;
}

/** What the tables say of an operation of a service. */
export interface KnownOperation {
  /** Such as `ec2:AuthorizeSecurityGroupIngress`. */
  readonly key: string;
  /** Undefined where the tables have none. */
  readonly row: OperationRow | undefined;
  readonly targets: readonly PreparedTarget[];
}

interface Named {
  readonly service: string;
  readonly operation: string;
}

/** Names come from records: more than this many of one provider are forgotten and looked up again. */
const MAX_OPERATIONS = 20_000;

interface Kept {
  size: number;
  readonly byService: Map<string, Map<string, KnownOperation>>;
}

const keptOfTables = new WeakMap<ProviderTables, Kept>();

const lookUp = (named: Named, tables: ProviderTables): KnownOperation => {
  const { rows } = tables.operations;
  const key = operationKey(named, tables.serviceSuffix);
  const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
  const targets = (row?.targets ?? []).map((target) => ({
    target,
    template: compileTemplate(target.id),
    except: target.except === undefined ? undefined : compileTemplate(target.except),
  }));
  return { key, row, targets };
};

/** The operation of an event, looked up in the tables once for each name. */
export const knownOperation = (named: Named, tables: ProviderTables): KnownOperation => {
  const { service, operation } = named;
  if (service.length + operation.length > LONGEST_KEPT_KEY) return lookUp(named, tables);
  let kept = keptOfTables.get(tables);
  if (kept === undefined || kept.size >= MAX_OPERATIONS) {
    kept = { size: 0, byService: new Map() };
    keptOfTables.set(tables, kept);
  }
  let ofService = kept.byService.get(service);
  if (ofService === undefined) {
    ofService = new Map();
    kept.byService.set(ownText(service), ofService);
  }
  let known = ofService.get(operation);
  if (known === undefined) {
    known = lookUp(named, tables);
    ofService.set(ownText(operation), known);
    kept.size += 1;
  }
  return known;
};
