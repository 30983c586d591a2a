import { Injectable } from '@nestjs/common';
import { Database, systemActor } from '@yinfeng/platform';

/** The fold is for all zones at once; it acts in none. */
const NOWHERE = '00000000-0000-0000-0000-000000000000';
/** After the import of a large ledger a fold may take its time. */
const LIMIT_MS = 600_000;

/** Keeps the folded totals of the pipeline small work for readers. Figures are exact whether or not it runs. */
@Injectable()
export class FoldingService {
  constructor(private readonly db: Database) {}

  /** Folds what has been committed since the last time; returns the number of movements. Safe to run twice, late, or at once. */
  async fold(requestId = 'fold'): Promise<number> {
    return this.db.tx(systemActor(NOWHERE, requestId), async (tx) => Number((await tx.row<{ n: string }>('select pipeline_fold() as n'))!.n), { cause: 'fold', statementTimeoutMs: LIMIT_MS });
  }
}
