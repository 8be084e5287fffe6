import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  dockerAnswers,
  dockerDown,
  dockerUp,
  readDockerRecord,
} from '../../../deploy/local/docker-stack.ts';
import { stackOptions } from '../../../deploy/local/options.ts';
import type { StackOptions } from '../../../deploy/local/options.ts';

/** Stands for Docker: notes the port it was given and its arguments; fails for what $REFUSE names. */
const DOCKER = `#!/bin/sh
echo "$DRIFTLINE_STACK_KAFKA_PORT $*" >> "\${0%/*}/calls"
case "$*" in *"\${REFUSE:-nothing at all}"*) echo "cannot do that"; exit 1;; esac
`;

describe('the stack as containers', () => {
  const path = process.env['PATH'];
  let folder: string;
  let options: StackOptions;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'driftline-docker-'));
    writeFileSync(join(folder, 'docker'), DOCKER, { mode: 0o755 });
    process.env['PATH'] = folder;
    options = stackOptions({}, { dataDir: folder, kafkaPort: 1092, opensearchPort: 1200 });
  });

  afterEach(() => {
    process.env['PATH'] = path;
    delete process.env['REFUSE'];
    rmSync(folder, { recursive: true, force: true });
  });

  const calls = (): readonly string[] =>
    readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  const up = (): Promise<void> =>
    dockerUp(options, ['kafka', 'opensearch'], new AbortController().signal);

  it('needs an engine that answers and the compose plugin', async () => {
    expect(await dockerAnswers()).toBe(true);
    process.env['REFUSE'] = 'compose version';
    expect(await dockerAnswers()).toBe(false);
  });

  it('gets the ports as variables and remembers them', async () => {
    await up();
    expect(calls()).toEqual([
      expect.stringMatching(
        /^1092 compose -p driftline-\w{8} -f \S+compose\.yaml up --detach --wait .* kafka opensearch$/,
      ),
    ]);
    expect(readDockerRecord(options)).toEqual({ ports: { kafka: 1092, opensearch: 1200 } });
  });

  it('keeps the other service and its volume when one is wiped', async () => {
    await up();
    await dockerDown(options, ['kafka'], true);
    expect(calls().slice(1)).toEqual([
      expect.stringMatching(/ rm --stop --force kafka$/),
      expect.stringMatching(/ volume rm --force driftline-\w{8}_kafka-data$/),
    ]);
    expect(readDockerRecord(options)).toEqual({ ports: { opensearch: 1200 } });
  });

  it('can still be wiped after it was stopped', async () => {
    await up();
    await dockerDown(options, ['kafka', 'opensearch'], false);
    await dockerDown(options, ['kafka', 'opensearch'], true);
    expect(calls().slice(1)).toEqual([
      expect.stringMatching(/ down$/),
      expect.stringMatching(/ down --volumes$/),
    ]);
    expect(existsSync(join(folder, 'docker.json'))).toBe(false);
  });

  it('fails with what Docker said', async () => {
    process.env['REFUSE'] = 'up --detach';
    await expect(up()).rejects.toMatchObject({
      code: 'docker-failed',
      message: expect.stringContaining('cannot do that') as unknown,
    });
  });
});
