import { parser } from '@prometheus-io/lezer-promql';

/** A series that an expression selects: the name of its metric, and the labels that it is matched by. */
export interface Selected {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface PromqlNames {
  readonly selected: readonly Selected[];
  /** Labels of `by`, `without` and `on`. */
  readonly grouping: readonly string[];
}

/** What Grafana puts in before Prometheus sees the expression. */
const withVariables = (expression: string): string =>
  expression.replaceAll('$__rate_interval', '5m').replaceAll(/\$[a-z_]+/g, 'any');

/** Names in an expression, by the grammar of PromQL. Throws where it is none. */
export const promqlNames = (expression: string): PromqlNames => {
  const text = withVariables(expression);
  const selected: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      const found = text.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${text}`);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
        selected.push({ metric: found, labels: [] });
      }
      if (node.name !== 'LabelName') return;
      const inMatcher = node.node.parent?.name.endsWith('LabelMatcher') === true;
      if (inMatcher) selected.at(-1)?.labels.push(found);
      else grouping.push(found);
    },
  });
  return { selected, grouping };
};
