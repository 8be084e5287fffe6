import type { Effect } from '../../../src/core/model/provider-tables.ts';

const CREATES = new Set([
  'Create',
  'Register',
  'Allocate',
  'Import',
  'Request',
  'Purchase',
  'Provision',
  'AdminCreate',
]);
const DELETES = new Set([
  'Delete',
  'Deregister',
  'Terminate',
  'Release',
  'Deprovision',
  'Destroy',
  'AdminDelete',
  'BatchDelete',
]);

/** What makes a thing where the service has no Create for it, by what unmakes it. */
const PAIRS: Readonly<Record<string, string>> = {
  Add: 'Remove',
  Associate: 'Disassociate',
  Attach: 'Detach',
  Enable: 'Disable',
  Grant: 'Revoke',
  Subscribe: 'Unsubscribe',
  Activate: 'Deactivate',
};
const UNDOES = new Map(Object.entries(PAIRS).map(([does, undoes]) => [undoes, does]));

const UPDATES = new Set([
  ...['Update', 'Modify', 'Change', 'Edit', 'Reset', 'Replace', 'Rename', 'Move', 'Transfer'],
  ...[
    'Enable',
    'Disable',
    'Activate',
    'Deactivate',
    'Attach',
    'Detach',
    'Associate',
    'Disassociate',
  ],
  ...['Add', 'Remove', 'Start', 'Stop', 'Reboot', 'Restart', 'Suspend', 'Resume', 'Pause'],
  ...['Rotate', 'Renew', 'Upgrade', 'Rollback', 'Failover', 'Switchover', 'Promote', 'Rebuild'],
  ...['Accept', 'Reject', 'Authorize', 'Revoke', 'Lock', 'Unlock', 'Archive', 'Unarchive'],
  ...['Deprecate', 'Undeprecate', 'Increase', 'Decrease', 'Apply', 'Assign', 'Unassign', 'Restore'],
  ...['AdminUpdate', 'AdminEnable', 'AdminDisable', 'BatchUpdate', 'Put', 'Set', 'Grant', 'Cancel'],
]);

/**
 * What an operation's verb does to the thing that its noun names; undefined for verbs that use a thing and leave it as
 * it is, such as Invoke. `upsert`: the call makes the thing or changes it, as PutMetricAlarm does.
 */
export const verbEffect = (
  verb: string,
  noun: string,
  operations: Readonly<Record<string, unknown>>,
): { readonly effect: Effect; readonly upsert: boolean } | undefined => {
  const has = (other: string): boolean => Object.hasOwn(operations, `${other}${noun}`);
  if (CREATES.has(verb)) return { effect: 'create', upsert: false };
  if (DELETES.has(verb)) return { effect: 'delete', upsert: false };
  const isMade = ['Create', 'Put', 'Register', 'Import'].some(has);
  if (['Put', 'Set'].includes(verb) && !has('Create')) return { effect: 'create', upsert: true };
  if (verb === 'Add' && !isMade && has('Delete')) return { effect: 'create', upsert: false };
  if (verb === 'Remove' && !has('Delete')) return { effect: 'delete', upsert: false };
  const undoes = PAIRS[verb];
  if (!isMade && undoes !== undefined && has(undoes)) return { effect: 'create', upsert: false };
  const does = UNDOES.get(verb);
  if (!isMade && !has('Delete') && does !== undefined && has(does)) {
    return { effect: 'delete', upsert: false };
  }
  return UPDATES.has(verb) ? { effect: 'update', upsert: false } : undefined;
};

/** Verbs whose request says what the thing is to be; that of the others says what to do with it. */
export const setsAttributes = (verb: string): boolean =>
  CREATES.has(verb) ||
  /^(Update|Modify|Put|Set|Change|Edit|AdminUpdate|Add|Associate|Attach|Enable)$/.test(verb);
