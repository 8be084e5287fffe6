import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

export const operationsFile = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url)), 'utf8');

export const ruleGroups = (): readonly RuleGroup[] =>
  (
    parse(operationsFile('prometheus/driftline-rules.yaml')) as {
      readonly groups: readonly RuleGroup[];
    }
  ).groups;

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly definition: string }[] };
}

export const dashboard = (): Dashboard =>
  JSON.parse(operationsFile('grafana/driftline.json')) as Dashboard;

/** Every expression of the dashboard and of the alert rules, with where it stands. */
export const operationsExpressions = (): readonly (readonly [where: string, expr: string])[] => [
  ...dashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [`panel ${title}`, expr] as const),
  ),
  ...ruleGroups().flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => [`alert ${alert}`, expr] as const),
  ),
];
