import { changeSets } from './change-sets.ts';
import { claimedTerraform } from './claimed-terraform.ts';
import { consoleActs } from './console-acts.ts';
import { driftByActor } from './drift-by-actor.ts';
import { driftInProduction } from './drift-in-production.ts';
import type { Question } from './question.ts';
import { timeToCandidate } from './time-to-candidate.ts';
import { unmanagedByAccount } from './unmanaged-by-account.ts';
import { unresolvedOperations } from './unresolved-operations.ts';

/** The questions that need nothing but a time: `driftline query question <name>`, and saved searches or panels. */
export const QUESTIONS: readonly Question[] = [
  driftInProduction,
  driftByActor,
  consoleActs,
  claimedTerraform,
  unmanagedByAccount,
  unresolvedOperations,
  timeToCandidate,
  changeSets,
];
