export { LedgersModule } from './ledgers.module.js';
export {
  DECISIONS, ImportsService, type Decision, type ImportConfirmation, type ImportUndoing, type LedgerImportRequest, type RowDecision, type Waiting,
} from './imports/imports.service.js';
export { ImportReads, ROW_ACTIONS, type ImportFilter, type ImportReport, type ImportRowFilter, type RowAction } from './imports/import-reads.service.js';
export { ImportRuns } from './imports/import-runs.js';
export { LedgerExports } from './exports/ledger-export.service.js';
export { WEEKLY_MOST_ROWS, WeeklySheets, type WeeklyGroup, type WeeklyRequest, type WeeklySheet } from './exports/weekly-sheets.service.js';
export { importFacts, importRowFacts } from './imports/import.facts.js';
export type { ImportState } from './imports/import-record.js';
export type { ImportCounts } from './imports/plan-rows.js';
export { LedgerReader, readLedger, sampleOf, SAMPLE_ROWS } from './reading/read-ledger.js';
export type * from './reading/ledger-reading.js';
export { ambiguousLink, ProjectFinder, type LinkableProject, type LinkHow, type VisitLink } from './reading/visit-links.rules.js';
export { levelOf, WARNING_LEVELS } from './reading/warning-classes.js';
export { recogniseHeader, type HeaderMatch } from './recognition/headers.rules.js';
export { stageOf, STAGE_WORDS } from './vocabulary/stage-words.js';
