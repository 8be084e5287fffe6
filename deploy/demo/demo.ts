import { modelDecoder } from '../../src/codec/model-decoder.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { terminalText } from '../../src/commands/output/terminal-text.ts';
import type { DriftCandidate } from '../../src/core/model/drift-candidate.ts';
import { addressesOf } from '../local/options.ts';
import { startStack } from '../local/stack.ts';
import { isSameProcess } from '../local/process-file.ts';
import type { Check } from './checks.ts';
import { GROUP, stateFile, TOPICS, writeConfiguration } from './configuration.ts';
import { DemoError } from './demo-error.ts';
import {
  candidateChecks,
  DATABASE,
  DATABASE_ACTS,
  DESIRED_RESOURCES,
  outcomeChecks,
  SESSION,
} from './expectations.ts';
import type { DemoOptions } from './options.ts';
import { printDeadLetters, printOutcomes } from './answers.ts';
import { askCandidates, askOutcomes, askResource, askSession, eventName } from './questions.ts';
import { wrapped, type Screen } from './screen.ts';
import { createSearch } from './search.ts';
import { driftline, metric, startService } from './service.ts';
import { SECRETS } from './story/expected-candidates.ts';
import { tellStory, type Story } from './story/story.ts';
import { awaitConsumed, demoKafka, produce, readTopic, type ReadRecord } from './topics.ts';

type Kafka = ReturnType<typeof demoKafka>;

/** Starts everything and lets the service read the day. */
const tellTheService = async (
  options: DemoOptions,
  screen: Screen,
  story: Story,
  kafka: Kafka,
  signal: AbortSignal,
): Promise<void> => {
  const { stack } = options;
  const config = writeConfiguration(options);
  await screen.step('Start Kafka and OpenSearch', (report) =>
    startStack(stack, { signal, fresh: true, report }),
  );
  await screen.step('Create topics and index templates: driftline setup', async (report) => {
    for (const line of await driftline(['setup'], config, signal)) report(line);
  });
  await screen.step(
    'Publish what code says should exist: driftline desired publish',
    async (report) => {
      for (const environment of ['prod', 'staging'] as const) {
        const labels = ['--env', environment, '--repo', 'larkfield-infrastructure'];
        const args = [
          'desired',
          'publish',
          stateFile(environment),
          ...labels,
          '--owner',
          'platform',
        ];
        for (const line of await driftline(args, config, signal)) report(line);
      }
    },
  );
  await screen.step(`Produce the day's audit events to ${TOPICS.auditEvents}`, async (report) => {
    await produce(kafka, TOPICS.auditEvents, story.records, signal);
    report(`${story.records.length.toLocaleString('en-US')} records: CloudTrail of three accounts`);
    for (const { what, records } of story.parts) {
      report(`${records.length.toLocaleString('en-US').padStart(7)}  ${what}`);
    }
    report('      1  act that is delivered twice, and 1 record that was cut off');
  });
  await screen.step(
    'Start the service, and wait until it has read all: driftline run',
    async () => {
      const service = await startService(options, config, signal);
      const alive = (): boolean => isSameProcess(service);
      await awaitConsumed(kafka, GROUP, TOPICS.auditEvents, signal, alive);
    },
  );
};

const decodeCandidates = async (
  records: readonly ReadRecord[],
): Promise<readonly DriftCandidate[]> => {
  const decoder = modelDecoder(loadSchemas());
  return Promise.all(
    records.map(async ({ value }) => {
      const decoded = await decoder.decodeCandidate(value ?? Buffer.alloc(0));
      if ('stage' in decoded) throw new DemoError('kafka-failed', decoded.message);
      return decoded;
    }),
  );
};

/** The topics as their consumers find them, and that no secret of a state is anywhere. */
const askConsumers = async (
  screen: Screen,
  kafka: Kafka,
  candidates: readonly DriftCandidate[],
  deadLetters: readonly ReadRecord[],
  stored: string,
  signal: AbortSignal,
): Promise<readonly Check[]> => {
  const published = await readTopic(kafka, TOPICS.driftCandidates, signal);
  const desired = await readTopic(kafka, TOPICS.desiredState, signal);
  const audit = await readTopic(kafka, TOPICS.auditEvents, signal);
  const decoded = await decodeCandidates(published);
  const view = ({ candidate_id, event_id, kind, resource, severity, summary }: DriftCandidate) =>
    [candidate_id, event_id, kind, resource.key, severity.score, summary] as const;
  const distinct = new Map(decoded.map((each) => [each.candidate_id, JSON.stringify(view(each))]));
  screen.heading(`What do consumers of ${TOPICS.driftCandidates} see?`);
  screen.line(screen.paint('dim', 'a consumer that reads committed records, Avro decoded'));
  screen.line();
  for (const { summary } of decoded) {
    for (const line of wrapped(terminalText(summary), screen.width)) screen.line(line);
  }
  screen.line();
  screen.line(
    `${String(published.length)} records, ${String(distinct.size)} candidates by id, keyed by resource`,
  );
  const bytes = [...published, ...desired, ...audit, ...deadLetters].flatMap(
    ({ key, value, headers }) => [
      key ?? Buffer.alloc(0),
      value ?? Buffer.alloc(0),
      Buffer.from(JSON.stringify(headers)),
    ],
  );
  const leaks = SECRETS.filter(
    (secret) => stored.includes(secret) || bytes.some((buffer) => buffer.includes(secret)),
  );
  const keys = new Set(desired.map(({ key }) => String(key)));
  return [
    {
      what: 'candidates of the topic are those in OpenSearch',
      expected: candidates.map((each) => JSON.stringify(view(each))).toSorted(),
      found: [...distinct.values()].toSorted(),
    },
    {
      what: 'candidates are keyed by resource',
      expected: decoded.map(({ resource }) => resource.key),
      found: published.map(({ key }) => String(key)),
    },
    { what: 'desired resources in the topic', expected: DESIRED_RESOURCES, found: keys.size },
    {
      what: 'passwords of the states found in topics or OpenSearch',
      expected: 0,
      found: leaks.length,
    },
  ];
};

/** The demo from its first step to the answers; the checks tell whether they are right. */
export const runDemo = async (
  options: DemoOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<readonly Check[]> => {
  const story = tellStory(options.day);
  const addresses = addressesOf(options.stack);
  const kafka = demoKafka(addresses.kafka);
  const search = createSearch(addresses.opensearch, signal);
  await tellTheService(options, screen, story, kafka, signal);

  await search.refresh();
  const candidates = await askCandidates(screen, search);
  const outcomes = await askOutcomes(screen, search);
  const deadLetters = await readTopic(kafka, TOPICS.deadLetters, signal);
  printOutcomes(screen, story, outcomes, deadLetters.length);
  const [worst] = candidates;
  const session = worst === undefined ? [] : await askSession(screen, search, worst);
  const database = await askResource(screen, search, DATABASE);
  printDeadLetters(screen, deadLetters);
  const stored = await search.everything('audit-events,drift-candidates,desired-state*');
  const consumers = await askConsumers(screen, kafka, candidates, deadLetters, stored, signal);
  return [
    ...candidateChecks(story, candidates),
    ...outcomeChecks(story, outcomes, deadLetters.length),
    {
      what: 'acts in the session of the worst candidate',
      expected: SESSION,
      found: session.map(eventName),
    },
    { what: `acts on ${DATABASE}`, expected: DATABASE_ACTS, found: database.map(eventName) },
    {
      what: 'reasons of the dead letters',
      expected: ['not_json'],
      found: deadLetters.map(({ headers }) => headers['driftline.reason']),
    },
    {
      what: 'events that the service has counted',
      expected: story.records.length - story.broken,
      found: await metric(options, 'driftline_events_total'),
    },
    ...consumers,
  ];
};
