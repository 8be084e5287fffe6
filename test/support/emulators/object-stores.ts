import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BlobServiceClient } from '@azure/storage-blob';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator, type Emulator } from './emulator.ts';
import { EMULATORS, npmInstalled, pipInstalled } from './install.ts';

/** An object store that really runs, with an empty bucket, and what its client needs to find it. */
export interface RunningStore {
  /** Such as `s3://states/`. */
  readonly base: string;
  /** Also set in this process: the SDKs read it there. */
  readonly env: Readonly<Record<string, string>>;
  put(key: string, content: string | Buffer): Promise<void>;
  stop(): Promise<void>;
}

export const startS3 = async (): Promise<RunningStore> => {
  const packages = ['moto[s3]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];
  const folder = await pipInstalled('moto-5.2.5', packages);
  const emulator = await startEmulator(
    'python3',
    (port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    { PYTHONPATH: folder },
  );
  const env = {
    AWS_ENDPOINT_URL_S3: emulator.address,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test-key-id',
    AWS_SECRET_ACCESS_KEY: 'test-secret-of-s3',
  };
  const client = new S3Client({
    endpoint: emulator.address,
    region: env.AWS_REGION,
    forcePathStyle: true,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    },
  });
  const location = { LocationConstraint: 'eu-central-1' as const };
  await client.send(
    new CreateBucketCommand({ Bucket: 'states', CreateBucketConfiguration: location }),
  );
  return {
    base: 's3://states/',
    env,
    put: async (key, content) => {
      await client.send(new PutObjectCommand({ Bucket: 'states', Key: key, Body: content }));
    },
    stop: emulator.stop,
  };
};

/** fake-gcs-server where `go install` has put it into the folder of emulators: building it takes minutes. Else one in Python. */
const startGcsEmulator = async (): Promise<Emulator> => {
  const built = join(EMULATORS, 'fake-gcs-server-1.56.1');
  if (existsSync(built)) {
    return startEmulator(built, (port) => [
      ...['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)],
      ...['-backend', 'memory', '-public-host', `127.0.0.1:${port}`, '-log-level', 'error'],
    ]);
  }
  const folder = await pipInstalled('gcp-storage-emulator-2026.7.19', [
    'gcp-storage-emulator==2026.7.19',
  ]);
  return startEmulator(
    'python3',
    (port) => ['-m', 'gcp_storage_emulator', 'start', `--port=${port}`, '--in-memory', '--quiet'],
    { PYTHONPATH: folder },
  );
};

const succeeded = async (response: Response): Promise<void> => {
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the emulator answered ${response.status}`);
};

export const startGcs = async (): Promise<RunningStore> => {
  const emulator = await startGcsEmulator();
  await succeeded(
    await fetch(`${emulator.address}/storage/v1/b?project=test`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"states"}',
    }),
  );
  return {
    base: 'gs://states/',
    env: { STORAGE_EMULATOR_HOST: emulator.address },
    put: async (key, content) => {
      const name = encodeURIComponent(key);
      await succeeded(
        await fetch(
          `${emulator.address}/upload/storage/v1/b/states/o?uploadType=media&name=${name}`,
          {
            method: 'POST',
            headers: { 'content-type': 'application/octet-stream' },
            body: new Uint8Array(Buffer.from(content)),
          },
        ),
      );
    },
    stop: emulator.stop,
  };
};

const AZURITE_ACCOUNT = 'devstoreaccount1';
/** Azurite's own, published with it. */
const AZURITE_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export const startAzure = async (): Promise<RunningStore> => {
  const folder = await npmInstalled(
    'azurite-3.37.0',
    ['azurite@3.37.0'],
    ['applicationinsights', 'mysql2', 'tedious'],
  );
  const main = join(folder, 'node_modules', 'azurite', 'dist', 'src', 'blob', 'main.js');
  const emulator = await startEmulator(process.execPath, (port) => [
    ...[main, '--silent', '--inMemoryPersistence', '--skipApiVersionCheck'],
    ...['--disableTelemetry', '--blobHost', '127.0.0.1', '--blobPort', String(port)],
  ]);
  const connection = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${AZURITE_ACCOUNT}`,
    `AccountKey=${AZURITE_KEY}`,
    `BlobEndpoint=${emulator.address}/${AZURITE_ACCOUNT}`,
  ].join(';');
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient('states');
  await container.create();
  return {
    base: `azblob://${AZURITE_ACCOUNT}/states/`,
    env: { AZURE_STORAGE_CONNECTION_STRING: connection },
    put: async (key, content) => {
      const bytes = Buffer.from(content);
      await container.getBlockBlobClient(key).upload(bytes, bytes.length);
    },
    stop: emulator.stop,
  };
};
