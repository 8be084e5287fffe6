import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { hasSharedData } from '../../support/shared-data.ts';
import { judgeSources } from './judge-source.ts';
import { reportLines, summaryOf } from './report.ts';

const USAGE = 'Usage: npm run bench:detection -- [--source <name>...] [--misses] [--out <file>]';

const { values } = parseArgs({
  options: {
    source: { type: 'string', multiple: true },
    misses: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${USAGE}\n`);
else if (!hasSharedData) {
  process.stderr.write('The events of ../shared/data are not here: there is nothing to measure.\n');
  process.exitCode = 2;
} else {
  const reports = await judgeSources(values.source);
  process.stdout.write(`${reportLines(reports, values.misses).join('\n')}\n`);
  if (values.out !== undefined) {
    mkdirSync(dirname(values.out), { recursive: true });
    const result = { time: new Date().toISOString(), summary: summaryOf(reports), reports };
    writeFileSync(values.out, `${JSON.stringify(result, undefined, 1)}\n`);
  }
}
