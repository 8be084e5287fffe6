/** Api keys of the requests that tests act on: https://kafka.apache.org/protocol#protocol_api_keys */
const API = {
  produce: 0,
  fetch: 1,
  offsetFetch: 9,
  joinGroup: 11,
  heartbeat: 12,
  syncGroup: 14,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  addOffsetsToTxn: 25,
  endTxn: 26,
  txnOffsetCommit: 28,
} as const;

export type KafkaApi = keyof typeof API;

const names = new Map<number, KafkaApi>(
  Object.entries(API).map(([name, key]) => [key, name as KafkaApi]),
);

/** What a request to Kafka asks for; undefined for one that no test acts on. */
export const kafkaApiOf = (request: Buffer): KafkaApi | undefined =>
  names.get(request.readInt16BE(4));

/** Whether an EndTxn request commits: its last byte (versions 0 to 2). */
export const isCommit = (request: Buffer): boolean => request.at(-1) === 1;

/** Whether a request to OpenSearch is a bulk write. */
export const isBulk = (request: Buffer): boolean => {
  const line = request.toString('latin1', 0, Math.max(0, request.indexOf('\r\n')));
  return /^(POST|PUT) \S*\/_bulk[? ]/.test(line);
};
