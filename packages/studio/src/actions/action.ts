import type { ResourceRequest } from '../resources/resource.js';
import type { Studio } from '../studio.js';

/** What a page sends: what it may ask of a resource, and bytes. */
export interface ActionRequest extends ResourceRequest {
  /** At most 10 MB. */
  readonly body: Uint8Array;
}

/** What a page may have done, by POST. Nobody else's page may: browsers say whose it is. */
export interface Action<View = unknown> {
  /** `runs/:run/hear`; it stands below `/api/`. */
  readonly path: string;
  /** What it does, one sentence. */
  readonly description: string;
  /** @throws NotFound when there is no such thing; UserError when it cannot be done, with a reason for people */
  carryOut(studio: Studio, request: ActionRequest): Promise<View>;
}
