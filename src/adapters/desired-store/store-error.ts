export type StoreErrorCode = 'store_in_use' | 'store_folder' | 'store_failed' | 'store_not_loaded';

/** A failure of the desired-state store or of the disk below it. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly retriable: boolean;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { readonly retriable: boolean; readonly cause?: unknown },
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'StoreError';
    this.code = code;
    this.retriable = options.retriable;
  }
}
