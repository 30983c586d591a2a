import type { Tx } from '@yinfeng/platform';
import type { ProjectRow } from '@yinfeng/recruitment';

/** A handoff at the moment of its acceptance, in the transaction that accepts it. */
export interface AcceptedHandoff {
  id: string;
  attempt: number;
  fromDepartmentId: string | null;
  /** The department that has the project from now on. */
  toDepartmentId: string;
  submittedBy: string;
  /** Who accepted: the actor of the transaction. */
  acceptedBy: string;
}

/**
 * Whatever begins, or moves over, when a project is handed over. It joins the transaction of the acceptance: what it
 * refuses undoes the acceptance. The project is locked and seen; read policies on the day of the transaction.
 */
export interface HandoffListener {
  handoffAccepted(tx: Tx, project: ProjectRow, handoff: AcceptedHandoff): Promise<void>;
}

/** Who is told of an accepted handoff, in the order of `LISTENERS` in `construction.module.ts`. */
export const HANDOFF_ACCEPTED = Symbol('HANDOFF_ACCEPTED');
