import { is, oneOf } from './clause.ts';
import type { GroupQuestion } from './question.ts';

/** The user agent or the service says code; the principal is none that may apply it. Reads and refused acts have no class. */
export const claimedTerraform: GroupQuestion = {
  name: 'claimed-terraform',
  asks: 'Which untrusted actors changed something and claim to be Terraform or another tool of code?',
  index: 'auditEvents',
  answer: 'groups',
  where: [
    oneOf('driftline.actor_class', ['iac_pipeline', 'iac_service']),
    is('driftline.actor_trusted', false),
  ],
  by: [{ name: 'principal', field: 'driftline.principal' }],
  measures: [
    { name: 'outcomes', of: 'top', field: 'driftline.outcome' },
    { name: 'operations', of: 'top', field: 'api.operation' },
    { name: 'addresses', of: 'top', field: 'src_endpoint.ip' },
    { name: 'first', of: 'first', field: 'time' },
    { name: 'last', of: 'last', field: 'time' },
  ],
};
