import { runAtLeastOnce } from './at-least-once.ts';
import { parseWork } from './json-parse.ts';
import { runPlainNode } from './plain-node.ts';
import { makeBodies, sendBodies } from './prebuilt-bodies.ts';
import { produceWork } from './produce-work.ts';
import type { RoleRun, Settings } from './role-run.ts';

/** Roles that end, and tell on one line of JSON what they have measured. */
const TASKS = {
  produce: produceWork,
  parse: parseWork,
  'make-bodies': makeBodies,
  'send-bodies': sendBodies,
} as const satisfies Record<string, (run: RoleRun) => object | Promise<object>>;

/** Roles that consume until they are killed. */
const CONSUMERS = {
  plain: (run: RoleRun) => runPlainNode(run),
  'at-least-once': ({ settings }: { readonly settings: Settings }) => runAtLeastOnce(settings),
} as const;

export type Task = keyof typeof TASKS;

/** What a process of the bench was started for. */
export const runRole = async (role: string, run: unknown): Promise<void> => {
  const task = (TASKS as Readonly<Record<string, (run: RoleRun) => object | Promise<object>>>)[
    role
  ];
  if (task !== undefined) {
    const told = await task(run as RoleRun);
    process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit());
    return;
  }
  const consume = (CONSUMERS as Readonly<Record<string, (run: never) => Promise<void>>>)[role];
  if (consume === undefined) throw new Error(`There is no role ${role}.`);
  await consume(run as never);
};
