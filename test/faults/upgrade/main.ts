import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addressesOf, stackOptions } from '../../../deploy/local/options.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelDecoder } from '../../../src/codec/model-decoder.ts';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { startDriftline, type DriftlineProcess } from '../../support/driftline-process.ts';
import { readCommitted } from '../../support/kafka-reader.ts';

/**
 * A rolling upgrade with both versions running: two members of an older commit are exchanged one by one, under load, for
 * members of this one, on the stack of `npm run stack:up`. Prints what became of it as JSON; ends with 1 where an event
 * or a candidate was lost or told twice. Needs the history of the repository.
 */
const { values: given } = parseArgs({
  options: {
    /** The default wrote the first version of the schema of candidates. */
    from: { type: 'string', default: 'd9ade9d^' },
    kafka: { type: 'string' },
    opensearch: { type: 'string' },
    out: { type: 'string' },
  },
});

const PARTITIONS = 4;
const OWNED = 50;
const BATCH = 40;
/** One of so many events changes a group that code owns. */
const CHANGES_EVERY = 10;
const LOAD_EVERY_MS = 400;
const MIXED_MS = 15_000;
/** A machine may be busy. */
const PATIENCE_MS = 300_000;

const root = join(import.meta.dirname, '..', '..', '..');
const git = (...args: readonly string[]): Buffer =>
  execFileSync('git', args, { cwd: root, maxBuffer: 1024 ** 3 });

const note = (line: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

/** The sources of the older commit, with the packages of this one. */
const checkOut = (commit: string, folder: string): string => {
  execFileSync('tar', ['-x', '-C', folder], { input: git('archive', commit) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'src', 'main.ts');
};

const publish = async (deployment: Deployment, main: string, folder: string): Promise<void> => {
  const file = join(folder, 'upgrade.tfstate');
  writeFileSync(file, securityGroupState(OWNED));
  const args = ['desired', 'publish', file, '--env', 'test', ...deployment.settings];
  const publisher = startDriftline(args, { main });
  if ((await publisher.exited) !== 0) throw new Error(`publish failed: ${publisher.stderr()}`);
};

/** Writes numbered events until stopped. */
const startLoad = (deployment: Deployment) => {
  let count = 0;
  let stopped = false;
  const feed = async (): Promise<void> => {
    while (!stopped) {
      const values = Array.from({ length: BATCH }, (_, position) => {
        const number = count + position;
        return number % CHANGES_EVERY === 0
          ? ingressEvent(`e-${number}`, (number / CHANGES_EVERY) % OWNED)
          : readEvent(`e-${number}`);
      });
      const partition = (count / BATCH) % PARTITIONS;
      await deployment.produce(values, { partition });
      count += BATCH;
      await pause(LOAD_EVERY_MS);
    }
  };
  const feeding = feed();
  return {
    stop: async (): Promise<number> => {
      stopped = true;
      await feeding;
      return count;
    },
  };
};

const unitsOf = (member: DriftlineProcess, from: number, to: number): number =>
  member.lines.filter(
    ({ event, time }) =>
      event === 'unit.finished' &&
      Date.parse(String(time)) >= from &&
      Date.parse(String(time)) < to,
  ).length;

const retire = async (name: string, member: DriftlineProcess): Promise<void> => {
  member.kill('SIGTERM');
  const code = await member.exited;
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${member.stderr()}`);
  note(`${name} has left`);
};

const roll = async (deployment: Deployment, oldMain: string) => {
  const run = ['run', ...deployment.settings];
  const members: DriftlineProcess[] = [];
  const start = async (name: string, main?: string): Promise<DriftlineProcess> => {
    const member = startDriftline(run, { main });
    members.push(member);
    await member.event('group.joined', PATIENCE_MS);
    note(`${name} has joined`);
    return member;
  };
  try {
    const oldOne = await start('the first old member', oldMain);
    const oldTwo = await start('the second old member', oldMain);
    const load = startLoad(deployment);
    await oldOne.event('unit.finished', PATIENCE_MS);
    await oldTwo.event('unit.finished', PATIENCE_MS);
    await pause(5_000);
    await retire('the first old member', oldOne);
    const newOne = await start('the first new member');
    await newOne.event('unit.finished', PATIENCE_MS);
    const from = Date.now();
    await pause(MIXED_MS);
    const mixedUnits = {
      old: unitsOf(oldTwo, from, Date.now()),
      new: unitsOf(newOne, from, Date.now()),
    };
    await retire('the second old member', oldTwo);
    const newTwo = await start('the second new member');
    await newTwo.event('unit.finished', PATIENCE_MS);
    const events = await load.stop();
    await deployment.caughtUp(PATIENCE_MS);
    await retire('the first new member', newOne);
    await retire('the second new member', newTwo);
    return { events, mixedUnits };
  } catch (error) {
    for (const [position, { lines }] of members.entries()) {
      const told = lines.filter(
        ({ level, event }) => level !== 'debug' || event !== 'bulk.finished',
      );
      for (const line of told.slice(-30)) note(`member ${position + 1}: ${JSON.stringify(line)}`);
    }
    throw error;
  } finally {
    for (const member of members) member.kill('SIGKILL');
  }
};

const gather = async (deployment: Deployment) => {
  const decoder = modelDecoder(loadSchemas());
  const documents = await deployment.auditDocuments();
  const told = await readCommitted(deployment.kafka, deployment.topics.candidates);
  const schemas: Record<string, number> = {};
  const ids: string[] = [];
  for (const { value, headers } of told) {
    const schema = headers['driftline.schema'] ?? 'none';
    schemas[schema] = (schemas[schema] ?? 0) + 1;
    const candidate = await decoder.decodeCandidate(value ?? Buffer.alloc(0));
    if (!('candidate_id' in candidate)) throw new Error(candidate.message);
    ids.push(candidate.candidate_id);
  }
  const dead = await readCommitted(deployment.kafka, deployment.topics.dead);
  return {
    documents: documents.length,
    differentDocuments: new Set(documents.map(({ _id }) => _id)).size,
    candidates: ids.length,
    differentCandidates: new Set(ids).size,
    candidateDocuments: (await deployment.candidateDocuments()).length,
    candidatesBySchema: schemas,
    deadLetters: dead.length,
  };
};

const folder = mkdtempSync(join(tmpdir(), 'driftline-upgrade-'));
const addresses = addressesOf(stackOptions(process.env));
const stack = {
  ...addresses,
  kafka: given.kafka ?? addresses.kafka,
  opensearch: given.opensearch ?? addresses.opensearch,
};
let deployment: Deployment | undefined;
try {
  const from = git('rev-parse', given.from).toString().trim();
  const to = git('rev-parse', 'HEAD').toString().trim();
  const oldMain = checkOut(from, folder);
  // As the chart does it: the new version's set-up comes first, and the old members go on under its templates.
  deployment = await createDeployment(stack, PARTITIONS);
  await publish(deployment, oldMain, folder);
  const { events, mixedUnits } = await roll(deployment, oldMain);
  const found = await gather(deployment);
  const changes = Math.ceil(events / CHANGES_EVERY);
  const holds =
    found.documents === events &&
    found.differentDocuments === events &&
    found.candidates === changes &&
    found.differentCandidates === changes &&
    found.candidateDocuments === changes &&
    found.deadLetters === 0 &&
    mixedUnits.old > 0 &&
    mixedUnits.new > 0;
  const result = `${JSON.stringify({ from, to, events, changes, mixedUnits, ...found, holds }, undefined, 2)}\n`;
  process.stdout.write(result);
  if (given.out !== undefined) writeFileSync(given.out, result);
  process.exitCode = holds ? 0 : 1;
} finally {
  await deployment?.end();
  rmSync(folder, { recursive: true, force: true });
}
