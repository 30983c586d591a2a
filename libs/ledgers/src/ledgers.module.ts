import { Module } from '@nestjs/common';
import { DirectoryModule } from '@yinfeng/directory';
import { LedgerExports } from './exports/ledger-export.service.js';
import { WeeklySheets } from './exports/weekly-sheets.service.js';
import { ImportReads } from './imports/import-reads.service.js';
import { ImportRuns } from './imports/import-runs.js';
import { ImportsService } from './imports/imports.service.js';

const services = [ImportReads, ImportRuns, ImportsService, LedgerExports, WeeklySheets];

/** Real sheets in and out. Database, Clock and FileStore come from global modules. */
@Module({ imports: [DirectoryModule], providers: services, exports: services })
export class LedgersModule {}
