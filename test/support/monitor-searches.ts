import { monitors, type Monitor } from './alert-files.ts';

const monitorOf = (name: string): Monitor => {
  const found = monitors().find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no monitor ${name}.`);
  return found;
};

/** A monitor's search as Alerting runs it at a time, with the selector of its trigger as it adds it. */
export const monitorSearch = (
  name: string,
  periodEnd: number,
): { readonly index: string; readonly body: object } => {
  const { inputs, triggers } = monitorOf(name);
  const search = inputs[0]?.search;
  if (search === undefined) throw new Error(`The monitor ${name} has no search.`);
  const body = JSON.parse(
    JSON.stringify(search.query).replaceAll('{{period_end}}', String(periodEnd)),
  ) as { aggregations?: Record<string, { aggs?: object }> };
  const condition = triggers[0]?.bucket_level_trigger?.condition;
  const group = body.aggregations?.[condition?.parent_bucket_path ?? ''];
  if (condition !== undefined && group !== undefined) {
    const { buckets_path, script, gap_policy } = condition;
    group.aggs = {
      ...group.aggs,
      fires: { bucket_selector: { buckets_path, script, gap_policy } },
    };
  }
  return { index: search.indices[0] ?? '', body };
};

/** Whether a query-level monitor fires on an answer to its search: by its own script, run by OpenSearch. */
export const fires = async (
  opensearch: string,
  name: string,
  answer: unknown,
): Promise<boolean> => {
  const script = monitorOf(name).triggers[0]?.query_level_trigger?.condition.script.source;
  if (script === undefined) throw new Error(`The monitor ${name} has no script.`);
  const response = await fetch(`${opensearch}/_scripts/painless/_execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      script: {
        source: script.replaceAll('ctx.', 'params.ctx.'),
        params: { ctx: { results: [answer] } },
      },
    }),
  });
  const { result } = (await response.json()) as { readonly result?: unknown };
  if (result !== 'true' && result !== 'false')
    throw new Error(`${name}: OpenSearch answered ${response.status} for the script`);
  return result === 'true';
};
