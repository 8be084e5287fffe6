import kafkajs from 'kafkajs';
import { workRecords } from '../work/work.ts';
import type { RoleRun } from './role-run.ts';

/** Records of one request. */
const BATCH = 2_400;

/** Writes the work to its topic, in turns over the partitions. */
export const produceWork = async (run: RoleRun): Promise<object> => {
  const kafka = new kafkajs.Kafka({ brokers: [run.broker], logLevel: kafkajs.logLevel.ERROR });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  let bytes = 0;
  let number = 0;
  let messages: { readonly value: Buffer; readonly partition: number }[] = [];
  const send = async (): Promise<void> => {
    if (messages.length > 0) await producer.send({ topic: run.topics.audit, messages });
    messages = [];
  };
  for (const { value } of workRecords(run.format, run)) {
    messages.push({ value, partition: number % run.partitions });
    bytes += value.length;
    number += 1;
    if (messages.length === BATCH) await send();
  }
  await send();
  await producer.disconnect();
  return { records: number, averageBytes: bytes / number };
};
