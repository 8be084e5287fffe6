import type { TopicSpec } from './adapters/kafka/topics.ts';
import type { Config } from './config/schema.ts';

/** The topics of a deployment. Outputs may be larger than a record, by headers and the diff. */
export const topicSpecs = ({ kafka }: Config): readonly TopicSpec[] => {
  const spec = (topic: string, config: TopicSpec['config']): TopicSpec => ({
    topic,
    ...kafka.setup,
    config,
  });
  const output = { 'max.message.bytes': String(2 * 1024 * 1024) };
  return [
    spec(kafka.topics.auditEvents, {}),
    spec(kafka.topics.desiredState, { 'cleanup.policy': 'compact' }),
    spec(kafka.topics.driftCandidates, output),
    spec(kafka.topics.deadLetters, output),
  ];
};
