// Prints "<passed> <failed> <skipped>" of a vitest JSON report. A file that failed before any of
// its tests ran counts as one failure.
import { readFileSync } from 'node:fs';

const [, , file] = process.argv;
const report = JSON.parse(readFileSync(file, 'utf8'));
const brokenFiles = report.testResults.filter(
  (result) =>
    result.status === 'failed' &&
    !result.assertionResults.some((assertion) => assertion.status === 'failed'),
);
const failed = report.numFailedTests + brokenFiles.length;
process.stdout.write(
  `${report.numPassedTests} ${failed} ${report.numPendingTests + report.numTodoTests}\n`,
);
