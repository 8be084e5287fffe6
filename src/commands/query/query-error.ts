/** What was asked cannot be answered as it was asked. */
export class QueryError extends Error {
  readonly code = 'query_failed';
  readonly retriable = false;

  constructor(message: string) {
    super(message);
    this.name = 'QueryError';
  }
}
