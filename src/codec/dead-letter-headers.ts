/** The headers that a dead letter has beside those of its record: Kafka Connect's names where Connect has one. */
export const DEAD_LETTER_HEADERS = {
  topic: '__connect.errors.topic',
  partition: '__connect.errors.partition',
  offset: '__connect.errors.offset',
  stage: '__connect.errors.stage',
  class: '__connect.errors.class.name',
  message: '__connect.errors.exception.message',
  reason: 'driftline.reason',
  /** Length in bytes of a value that was cut. */
  truncated: 'driftline.truncated',
  /** SHA-256 of the whole value, hex, where it was cut. */
  hash: 'driftline.sha256',
  /** Length in bytes of a key that was cut. */
  truncatedKey: 'driftline.truncated.key',
  /** SHA-256 of the whole key, hex, where it was cut. */
  keyHash: 'driftline.sha256.key',
  /** How many of the record's headers are left out. */
  truncatedHeaders: 'driftline.truncated.headers',
  /** Where some are left out: SHA-256, hex, of all headers as JSON, `[["name","<value in base64>"],…]`. */
  headersHash: 'driftline.sha256.headers',
  /** The letter has no record: an operator has passed over a run of them, up to this offset, which is not among them. */
  skippedTo: 'driftline.skipped-to',
} as const;

/** The headers of a mark: a record without a value that says what became of a dead letter. */
export const MARK_HEADERS = {
  /** `replayed` or `discarded`. */
  action: 'driftline.handled',
  /** The dead letter's id, `<partition>:<offset>`. */
  letter: 'driftline.handled.letter',
  /** Why, in the operator's words. */
  note: 'driftline.handled.note',
} as const;

/** On a record that was sent back to its topic: where its dead letter is, `<topic>:<partition>:<offset>`. */
export const REPLAYED_FROM = 'driftline.replayed-from';
