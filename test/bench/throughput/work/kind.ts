import type { JsonObject } from '../../../../src/core/model/json.ts';

/** Where a resource is, and what its names are made of. */
export interface Place {
  readonly number: number;
  readonly account: string;
  readonly region: string;
  /** 16 hexadecimal digits. */
  readonly mark: string;
}

/** A call as CloudTrail records it. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly request: JsonObject | null;
  readonly response: JsonObject | null;
  /** Resources that the record itself names. */
  readonly resources?: readonly { readonly arn: string; readonly type: string }[];
}

/** A change to a resource; `even` varies it. */
export type Change = (place: Place, even: boolean) => Call;

/** A type of desired resource: its attributes in a state, and how it is changed by hand. */
export interface Kind {
  readonly type: string;
  readonly weight: number;
  readonly attributes: (place: Place) => JsonObject;
  readonly changes: Readonly<Record<string, Change>>;
  /** Its changes make what is not there. */
  readonly putsNew?: true;
  readonly remove?: (place: Place) => Call;
  /** Makes a new one, which no code owns. */
  readonly create?: (place: Place) => Call;
}
