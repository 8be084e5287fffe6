import { ACTIVITY, type ActivityId, type StatedResource } from '../model/audit-event.ts';
import { ownString, ownValue } from '../model/json.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import { verbActivity } from './kubernetes-operation.ts';
import { statedObject } from './kubernetes-request.ts';
import { LazyEvent, type EventKey } from './lazy-event.ts';

/** What was called of an API server. */
export interface KubernetesCall {
  readonly verb: string;
  /** Undefined where the call is about no resource, such as `/readyz`. */
  readonly reference: ObjectReference | undefined;
}

/** The first HTTP status that tells of a failure. */
export const FIRST_ERROR = 400;

/** A call to a Kubernetes API server, whichever log carries it. A format gives the rest of the getters. */
export abstract class KubernetesEvent extends LazyEvent {
  protected readonly verb: string;
  protected readonly reference: ObjectReference | undefined;

  constructor(key: EventKey, raw: Uint8Array, call: KubernetesCall) {
    super(key, raw);
    this.verb = call.verb;
    this.reference = call.reference;
  }

  /** The HTTP status of the answer, where the record tells it. */
  protected abstract get httpStatus(): number | undefined;
  /** True of a dry run too: it changes nothing, whatever its verb. */
  abstract get readOnly(): boolean | undefined;

  get activityId(): ActivityId {
    return this.readOnly === true ? ACTIVITY.read : verbActivity(this.verb, this.httpStatus);
  }

  get resources(): readonly StatedResource[] {
    const name =
      this.reference?.name ??
      (this.verb === 'create' ? ownString(ownValue(this.response, 'metadata'), 'name') : undefined);
    return statedObject(this.reference, name);
  }
}
