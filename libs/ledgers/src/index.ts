export { LedgersModule } from './ledgers.module.js';
export {
  DECISIONS, ImportsService, type Decision, type ImportConfirmation, type ImportUndoing, type LedgerImportRequest, type RowDecision, type Waiting,
} from './imports/imports.service.js';
export { ImportRuns } from './imports/import-runs.js';
export type { ImportState } from './imports/import-record.js';
export type { ImportCounts } from './imports/plan-rows.js';
export type { LedgerKind, SavedMapping } from './reading/ledger-reading.js';
