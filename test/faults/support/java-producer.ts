import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findJava } from '../../../deploy/local/find-java.ts';
import { cachedClassPath } from '../../../deploy/local/maven-class-path.ts';
import type { StackOptions } from '../../../deploy/local/options.ts';
import { KAFKA_ARTIFACTS } from '../../../deploy/local/versions.ts';

const SOURCE = fileURLToPath(new URL('ProduceLines.java', import.meta.url));

/** Writes lines with Kafka's own Java client, compressed. */
export const produceWithJava = async (
  stack: StackOptions,
  target: {
    readonly topic: string;
    readonly partition: number;
    readonly codec: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  },
  lines: readonly string[],
): Promise<void> => {
  const java = findJava(process.env);
  const jars = cachedClassPath({
    service: 'kafka',
    artifacts: KAFKA_ARTIFACTS,
    cacheDir: stack.cacheDir,
  });
  if (java === undefined || jars === undefined) throw new Error('no JDK, or no jars of Kafka');
  const child = spawn(
    join(java.home, 'bin/java'),
    [
      ...['-XX:TieredStopAtLevel=1', '-cp', jars.join(delimiter), SOURCE],
      ...[`127.0.0.1:${stack.kafkaPort}`, target.topic, String(target.partition), target.codec],
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(`${lines.join('\n')}\n`);
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the Java producer ended with ${String(code)}: ${stderr}`);
};
