import { fileURLToPath } from 'node:url';
import { registryUrl, stackOptions } from '../../deploy/local/options.ts';
import type { StackOptions } from '../../deploy/local/options.ts';
import { startStack, stopStack } from '../../deploy/local/stack.ts';

/** A real schema registry of a test file's own. */
export interface TestRegistry {
  readonly url: string;
  /** Starts it, with the schemas that it held when it was stopped. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and removes its data. */
  end(): Promise<void>;
}

const registryOptions = (registryPort: number): StackOptions =>
  stackOptions(
    {},
    {
      services: ['registry'],
      registryPort,
      quickJvm: true,
      dataDir: fileURLToPath(
        new URL(`../../.stack/test-registry-${registryPort}`, import.meta.url),
      ),
    },
  );

/** Starts one without any schemas. Files run at the same time: each takes a port of its own. */
export const startTestRegistry = async (port: number): Promise<TestRegistry> => {
  const options = registryOptions(port);
  await startStack(options, { fresh: true });
  return {
    url: registryUrl(options.registryPort),
    start: async () => {
      await startStack(options);
    },
    stop: () => stopStack(options),
    end: () => stopStack(options, { wipe: true }),
  };
};

/** Registers a schema as any producer would, with nothing of the code under test. @returns its id */
export const registerSchema = async (
  url: string,
  subject: string,
  schema: object,
): Promise<number> => {
  const answer = await fetch(`${url}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  const { id } = (await answer.json()) as { readonly id?: number };
  if (id === undefined) throw new Error(`the registry answered ${answer.status} without an id`);
  return id;
};

export const schemaById = async (url: string, id: number): Promise<string> => {
  const answer = await fetch(`${url}/schemas/ids/${id}`);
  const { schema } = (await answer.json()) as { readonly schema?: string };
  if (schema === undefined) throw new Error(`the registry answered ${answer.status} for id ${id}`);
  return schema;
};
