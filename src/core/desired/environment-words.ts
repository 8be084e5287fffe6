import type { EnvironmentAttributeRow, EnvironmentRules } from '../model/environment-rules.ts';
import { compileGlob } from '../model/glob.ts';

/** Where a text stands: what of it is the environment's own. */
export interface Surroundings {
  readonly environment: string;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

export interface CompiledEnvironmentRules {
  /** How an attribute of a type is compared; `path` as in `ingress[0].from_port`. */
  comparison(type: string, path: string): EnvironmentAttributeRow['compare'];
  /** The text with what is its environment's own put into words: two environments then have the same text. */
  neutral(text: string, surroundings: Surroundings): string;
}

const MAX_CACHED = 10_000;
/** A shorter account would be found within other words. */
const MIN_ACCOUNT = 6;

/** Rules made ready. The patterns have been checked when the table was loaded. */
export const compileEnvironmentRules = (rules: EnvironmentRules): CompiledEnvironmentRules => {
  const rows = rules.attributes.map(({ attribute, type = '*', compare }) => ({
    isAttribute: compileGlob(attribute),
    isType: compileGlob(type),
    compare,
  }));
  const texts = rules.texts.map(({ pattern, as }) => ({ pattern: new RegExp(pattern, 'g'), as }));
  const comparisons = new Map<string, EnvironmentAttributeRow['compare']>();
  const names = new Map<string, RegExp>();
  const places = new Map<string, RegExp>();

  return {
    comparison: (type, path) => {
      const name = lastName(path);
      return remembered(comparisons, `${type}\n${name}`, () => {
        const row = rows.find((each) => each.isAttribute(name) && each.isType(type));
        return row?.compare ?? 'values';
      });
    },
    neutral: (text, { environment, account, region }) => {
      let neutral = text;
      for (const { pattern, as } of texts) neutral = neutral.replace(pattern, as);
      if (account !== undefined && account.length >= MIN_ACCOUNT) {
        neutral = neutral.replaceAll(account, '<account>');
      }
      if (region !== undefined && region !== '') {
        // A zone is its region and a letter.
        const place = remembered(places, region, () => wordPattern([region], '(?:-?[a-z])?'));
        neutral = neutral.replace(place, '<region>');
      }
      const name = remembered(names, environment, () =>
        wordPattern(namesOf(environment, rules.names)),
      );
      return neutral.replace(name, '<environment>');
    },
  };
};

const lastName = (path: string): string => {
  const bare = path.replace(/(\[\d+\])+$/, '');
  return bare.slice(bare.lastIndexOf('.') + 1);
};

/** The environment's name, those that mean the same, and those of its parts: `prod-eu` is also `prod`. */
const namesOf = (environment: string, groups: EnvironmentRules['names']): readonly string[] => {
  const own = [environment, ...environment.split(/[-._]/)].map((name) => name.toLowerCase());
  const meant = groups.filter((group) => group.some((name) => own.includes(name)));
  return [...new Set([environment.toLowerCase(), ...meant.flat()])];
};

const wordPattern = (words: readonly string[], ending = ''): RegExp => {
  const longestFirst = words.toSorted((a, b) => b.length - a.length).map((word) => escaped(word));
  return new RegExp(`(?<![a-z0-9])(?:${longestFirst.join('|')})${ending}(?![a-z0-9])`, 'gi');
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const remembered = <T>(cache: Map<string, T>, key: string, make: () => T): T => {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, made);
  return made;
};
