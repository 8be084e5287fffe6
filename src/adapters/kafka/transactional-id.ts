/** One id a partition, the same whichever member holds it: so the newest owner fences the one before. */
export const partitionTransactionalId = (
  groupId: string,
  topic: string,
  partition: number,
): string => `${groupId}-${topic}-${partition}`;
