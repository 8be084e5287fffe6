/** The named fields that are there: null (Avro) and undefined (optional fields of the model) are both absence. */
export const presentFields = <T extends object, K extends keyof T>(
  value: T,
  names: readonly K[],
): { [P in K]?: NonNullable<T[P]> } => {
  const present: { [P in K]?: NonNullable<T[P]> } = {};
  for (const name of names) {
    const field = value[name];
    if (field !== null && field !== undefined) present[name] = field;
  }
  return present;
};
