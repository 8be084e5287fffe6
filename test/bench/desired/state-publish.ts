import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resourceOf } from './resources.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const LOOK_MS = 50;

/** A Terraform state v4 of so many resources, on one line each. */
const writeState = async (file: string, resources: number, serial: number, changed: number) => {
  const out = createWriteStream(file);
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(`{"version":4,"terraform_version":"1.9.0","serial":${serial},"lineage":"bench"`);
  await write(',"outputs":{},"resources":[');
  for (let n = 0; n < resources; n++) {
    const { module, type, account, region, attributes } = resourceOf(n);
    const id = `i-${n.toString(16).padStart(17, '0')}`;
    const arn = `arn:aws:ec2:${region}:${account}:instance/${id}`;
    const resized = n < changed ? { instance_type: `m6i.${serial}xlarge` } : {};
    const instance = { schema_version: 1, attributes: { id, arn, ...attributes, ...resized } };
    const row = {
      module,
      mode: 'managed',
      type,
      name: `node_${n}`,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [instance],
    };
    await write(`${n === 0 ? '' : ','}\n${JSON.stringify(row)}`);
  }
  out.end('\n]}\n');
  await once(out, 'finish');
};

/** Peak RSS of a process, in MB; undefined once it has ended, also where nobody has waited for it yet. */
const peakOf = (pid: number): number | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
};

/** `driftline desired publish` of a file, as a process of its own with Node's defaults. */
const publish = async (file: string, broker: string, topic: string, resources: number) => {
  const started = performance.now();
  const { NODE_ENV: _testOnly, ...env } = process.env;
  const settings = [`kafka.brokers=${broker}`, `kafka.topics.desiredState=${topic}`];
  const child = spawn(
    process.execPath,
    [
      MAIN,
      'desired',
      'publish',
      file,
      '--env',
      'prod',
      ...settings.flatMap((each) => ['--set', each]),
    ],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0) ?? 0)), LOOK_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`desired publish ended with ${code}`);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, perSecond: resources / seconds, peakRssMb: peak, said: said.trim() };
};

/** Publishes a state of so many resources whole, then with ten changed, then unchanged. */
export const measureStatePublish = async (
  folder: string,
  broker: string,
  topic: string,
  resources: number,
): Promise<object> => {
  const file = join(folder, 'bench.tfstate');
  try {
    await writeState(file, resources, 1, 0);
    const stateMb = statSync(file).size / 1024 ** 2;
    const whole = await publish(file, broker, topic, resources);
    await writeState(file, resources, 2, 10);
    const tenChanged = await publish(file, broker, topic, resources);
    const unchanged = await publish(file, broker, topic, resources);
    return { stateMb, whole, tenChanged, unchanged };
  } finally {
    rmSync(file, { force: true });
  }
};
