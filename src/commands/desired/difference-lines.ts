import type {
  ResourceDifference,
  ValueDifference,
} from '../../core/desired/publish-differences.ts';
import { terminalText } from '../output/terminal-text.ts';
import { differingTexts } from '../output/value-text.ts';

const MARKS = { added: '+', changed: '~', removed: '-' } as const;

/** One line for the resource, and one for each value that changes; a secret's value is never in it. */
export const differenceLines = (difference: ResourceDifference): readonly string[] => {
  const { change, key, address, attributes, fields } = difference;
  const unclear =
    change === 'changed' && attributes.length + fields.length === 0
      ? '  (written anew: an older serial, or a value that cannot be decoded)'
      : '';
  return [
    `${MARKS[change]} ${terminalText(address ?? key)}${unclear}`,
    ...attributes.map((each) => `    ${valueLine(each)}`),
    ...fields.map((each) => `    (${valueLine(each)})`),
  ];
};

const valueLine = ({ path, before, after }: ValueDifference): string => {
  const { texts, note } = differingTexts([before, after]);
  return `${terminalText(path)}: ${texts.join(' → ')}${note}`;
};
