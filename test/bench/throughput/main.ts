import { runBench } from './run-bench.ts';
import { roleAsked } from '../rig/member.ts';
import { runRole } from './roles/run-role.ts';

const asked = roleAsked();
if (asked === undefined) {
  await runBench(process.argv.slice(2));
  // kafkajs keeps timers of connections that have ended.
  process.exit();
} else {
  await runRole(asked.role, asked.run);
}
