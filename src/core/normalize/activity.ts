import { ACTIVITY, type ActivityId } from '../model/audit-event.ts';

const READ =
  /^(?:Get|List|Describe|Head|Lookup|Search|BatchGet|Query|Scan|Select|Check|View)(?![a-z])/;
const CREATE = /^(?:Create|Run|Allocate|Register|Import|Copy|Add|Insert|Upload|Restore)(?![a-z])/;
const DELETE = /^(?:Delete|Terminate|Release|Deregister|Remove|Destroy|Purge|BatchDelete)(?![a-z])/;

/**
 * The OCSF activity by the call's name, for search and display only: what an act means for drift is told by the
 * tables. `readOnly`, as the record states it, decides between read and update; otherwise the name's first word does.
 */
export const activityByName = (operation: string, readOnly: boolean | undefined): ActivityId => {
  if (readOnly === true) return ACTIVITY.read;
  if (DELETE.test(operation)) return ACTIVITY.delete;
  if (CREATE.test(operation)) return ACTIVITY.create;
  if (readOnly === false) return ACTIVITY.update;
  return READ.test(operation) ? ACTIVITY.read : ACTIVITY.other;
};
