/** The tests of the reference that need no broken stack: they live with what they test, and run with the others. */
export const TESTS_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'T54-evolution': [
    'test/contract/schema-evolution.test.ts',
    'test/integration/registry/run-with-registry.test.ts',
    'test/integration/registry/schema-registry-client.test.ts',
  ],
  'T63-redos': ['test/unit/regular-expressions.test.ts'],
  'T64-state-topic': ['test/integration/desired/store-on-disk.test.ts'],
  'T65-secrets': ['test/integration/run/secrets-canary.test.ts'],
  'T66-registry-and-probes': [
    'test/contract/registry-client.test.ts',
    'test/unit/adapters/http/server.test.ts',
  ],
};

/** The test of the reference that a file is of, given any path that ends with the file's. */
export const testOfFile = (path: string): string | undefined =>
  Object.entries(TESTS_ELSEWHERE).find(([, files]) =>
    files.some((file) => path.endsWith(`/${file}`)),
  )?.[0];
