import type { JsonBody, SetupFile, SetupFiles } from './setup-files.ts';

/** What an operator chooses for the indexes of one kind. */
export interface IndexChoice {
  readonly shards: number;
  /** Undefined: one copy where a second node can hold it. */
  readonly replicas?: number | undefined;
  readonly refreshIntervalMs: number;
  /** Whole days until an index is deleted; undefined: never. Only where there is a policy. */
  readonly retentionDays?: number | undefined;
  /** Whole days until an index is merged, and moved where `warmNodes` says so. Only where there is a policy. */
  readonly warmAfterDays?: number | undefined;
}

/** A node attribute and its value, such as `temp:warm`; undefined: indexes stay where they are. */
export type WarmNodes = string | undefined;

const settingsOf = ({ shards, replicas, refreshIntervalMs }: IndexChoice): JsonBody => ({
  number_of_shards: shards,
  ...(replicas === undefined
    ? { auto_expand_replicas: '0-1' }
    : { auto_expand_replicas: false, number_of_replicas: replicas }),
  refresh_interval: `${refreshIntervalMs}ms`,
});

const withSettings = ({ name, body }: SetupFile, choice: IndexChoice): SetupFile => {
  const { template, ...rest } = body as {
    readonly template: { readonly settings: { readonly index: JsonBody } };
  };
  const { auto_expand_replicas: _replaced, ...index } = template.settings.index;
  return {
    name,
    body: {
      ...rest,
      template: { ...template, settings: { index: { ...index, ...settingsOf(choice) } } },
    },
  };
};

interface State {
  readonly name: string;
  readonly actions: readonly JsonBody[];
  readonly transitions: readonly { readonly state_name: string; readonly conditions?: JsonBody }[];
}

const ageOf = (state: string, { warmAfterDays, retentionDays }: IndexChoice): number | undefined =>
  state === 'warm' ? warmAfterDays : state === 'delete' ? retentionDays : undefined;

/** The states that the choice has, each entered at its age; one that is left out is passed over. */
const withAges = (
  { name, body }: SetupFile,
  choice: IndexChoice,
  warmNodes: WarmNodes,
): SetupFile => {
  const { policy } = body as { readonly policy: { readonly states: readonly State[] } };
  const kept = policy.states.filter(
    (state, i) => i === 0 || ageOf(state.name, choice) !== undefined,
  );
  const [attribute, value] = warmNodes?.split(':') ?? [];
  const states = kept.map((state, i) => {
    const next = kept[i + 1]?.name;
    const moves = state.name === 'warm' && attribute !== undefined;
    return {
      ...state,
      actions: moves
        ? [...state.actions, { allocation: { require: { [attribute]: value } } }]
        : state.actions,
      transitions:
        next === undefined
          ? []
          : [{ state_name: next, conditions: { min_index_age: `${ageOf(next, choice)}d` } }],
    };
  });
  return { name, body: { ...body, policy: { ...policy, states } } };
};

/**
 * The files with what the operator chose, by the index's name. A policy without a state to go to stays with its first
 * one: left out, an older policy that deletes indexes would stay in force.
 */
export const withChoices = (
  files: SetupFiles,
  choices: ReadonlyMap<string, IndexChoice>,
  warmNodes?: WarmNodes,
): SetupFiles => ({
  ...files,
  components: files.components.map((file) => {
    const [index, part] = file.name.split('@');
    const choice = part === 'settings' ? choices.get(index ?? '') : undefined;
    return choice === undefined ? file : withSettings(file, choice);
  }),
  policies: files.policies.map((file) => {
    const choice = choices.get(file.name);
    return choice === undefined ? file : withAges(file, choice, warmNodes);
  }),
});
