const LAMBDA_VERSION = /\d{8}(?:v\d+)?$/;

/** An AWS call's name without the API version that Lambda appends: `CreateFunction20150331` is `CreateFunction`. */
export const withoutVersion = (operation: string): string => {
  const last = operation.charCodeAt(operation.length - 1);
  return last >= 0x30 && last <= 0x39
    ? operation.replace(LAMBDA_VERSION, '') || operation
    : operation;
};
