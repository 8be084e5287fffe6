import { Option, type Command } from 'commander';
import type { Writable } from 'node:stream';
import type { DeadLetter } from '../../codec/read-dead-letter.ts';
import { listDeadLetters, type ListedDeadLetter } from '../../pipeline/handle-dead-letters.ts';
import { printLines } from '../output/print-lines.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { DeadLettersEnvironment } from './dead-letters-environment.ts';
import { filterOf } from './filter-options.ts';

const FORMATS = ['text', 'json', 'raw'] as const;
/** A terminal is no place for a megabyte. */
const MAX_SHOWN = 4_000;

/** `driftline dead-letters show`: one dead letter whole. Exit code 0, or 1 where there is none. */
export const registerDeadLettersShow = (
  parent: Command,
  { stdout, stderr, setExitCode, signal, withDeadLetters }: DeadLettersEnvironment,
): void => {
  parent
    .command('show')
    .description('show one dead letter: where it came from, why it is here, what it holds')
    .argument('<id>', 'the dead letter, by <partition>:<offset>')
    .addOption(
      new Option('--format <format>', 'how to print; raw: the bytes of the value alone')
        .choices(FORMATS)
        .default('text'),
    )
    .action(async (id: string, { format }: { readonly format: (typeof FORMATS)[number] }) => {
      const { letters } = await withDeadLetters((topic) =>
        listDeadLetters(topic, filterOf([id], {}), { limit: 1, withHandled: true }, signal),
      );
      const [found] = letters;
      if (found === undefined) {
        stderr.write(
          `driftline: there is no dead letter ${terminalText(id)}; \`driftline dead-letters list --handled\` lists them\n`,
        );
        setExitCode(1);
        return;
      }
      if (format === 'raw') await writeRaw(found.letter, stdout);
      else await printLines(format === 'json' ? [jsonOf(found)] : textOf(found), stdout);
      setExitCode(0);
    });
};

const writeRaw = (letter: DeadLetter, stdout: Writable): Promise<void> =>
  new Promise((resolve, reject) => {
    stdout.write(letter.value ?? Buffer.alloc(0), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });

const textsOf = (header: DeadLetter['headers'][string]): readonly string[] =>
  typeof header === 'string' || Buffer.isBuffer(header)
    ? [header.toString()]
    : header.map((value) => value.toString());

const textOf = ({ letter, state }: ListedDeadLetter): readonly string[] => {
  const { origin, value } = letter;
  const shown = value === null ? '(no value)' : value.subarray(0, MAX_SHOWN).toString();
  return [
    `id: ${letter.id}`,
    `time: ${new Date(letter.time).toISOString()}`,
    `state: ${state}`,
    `stage: ${letter.stage}`,
    `reason: ${letter.reason}`,
    `message: ${letter.message}`,
    `from: ${origin.topic}, partition ${origin.partition}, offset ${origin.offset}`,
    `bytes: ${value?.length ?? 0}${letter.cutFrom === undefined ? '' : `, cut from ${letter.cutFrom}`}`,
    ...(letter.cut.length === 0 ? [] : [`cut: ${letter.cut.join(', ')}`]),
    `key: ${letter.key === null ? '(none)' : letter.key.toString()}`,
    ...Object.entries(letter.headers).flatMap(([name, header]) =>
      textsOf(header).map((text) => `header ${name}: ${text}`),
    ),
    'value:',
    shown,
    ...(value !== null && value.length > MAX_SHOWN
      ? [`(${value.length - MAX_SHOWN} more bytes: --format raw)`]
      : []),
  ].map(terminalText);
};

const jsonOf = ({ letter, state }: ListedDeadLetter): string =>
  JSON.stringify({
    id: letter.id,
    time: new Date(letter.time).toISOString(),
    state,
    stage: letter.stage,
    reason: letter.reason,
    message: letter.message,
    origin: letter.origin,
    cut_from: letter.cutFrom ?? null,
    cut: letter.cut,
    key_base64: letter.key?.toString('base64') ?? null,
    headers: Object.fromEntries(
      Object.entries(letter.headers).map(([name, header]) => {
        const texts = textsOf(header);
        return [name, texts.length === 1 ? texts[0] : texts];
      }),
    ),
    value_base64: letter.value?.toString('base64') ?? null,
  });
