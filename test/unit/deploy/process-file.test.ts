import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseProcessRecord,
  processStart,
  readLiveProcess,
  startTicks,
  writeProcessRecord,
} from '../../../deploy/local/process-file.ts';

describe('startTicks', () => {
  const rest = '1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 4711 0';

  it('reads field 22 behind a program name with spaces and brackets', () => {
    expect(startTicks(`7 (a) b (c) S ${rest}`)).toBe('4711');
  });

  it('counts a zombie as no process', () => {
    expect(startTicks(`7 (java) Z ${rest}`)).toBeUndefined();
  });
});

describe('parseProcessRecord', () => {
  it.each([
    '',
    'null',
    '{"pid":1,"start":"x","ports":[]}',
    '{"pid":77,"ports":[]}',
    '{"pid":77,"start":"x","ports":["a"]}',
  ])('refuses %j', (text) => {
    expect(parseProcessRecord(text)).toBeUndefined();
  });
});

describe('readLiveProcess', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'driftline-process-'));
    file = join(folder, 'process.json');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives back the record of a process that runs', () => {
    const record = { pid: process.pid, start: processStart(process.pid) ?? 'none', ports: [1, 2] };
    writeProcessRecord(file, record);
    expect(readLiveProcess(file)).toEqual(record);
  });

  it('takes another process with the same pid for a stale file and removes it', () => {
    writeProcessRecord(file, { pid: process.pid, start: 'before the last boot', ports: [] });
    expect(readLiveProcess(file)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });

  it('removes a file that it cannot read as a record', () => {
    writeFileSync(file, '{"pid":');
    expect(readLiveProcess(file)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });
});
