import { Module } from '@nestjs/common';
import { LedgerExports } from './exports/ledger-export.service.js';
import { ImportReads } from './imports/import-reads.service.js';
import { ImportRuns } from './imports/import-runs.js';
import { ImportsService } from './imports/imports.service.js';

const services = [ImportReads, ImportRuns, ImportsService, LedgerExports];

/** Real sheets in and out. Database, Clock and FileStore come from global modules. */
@Module({ providers: services, exports: services })
export class LedgersModule {}
