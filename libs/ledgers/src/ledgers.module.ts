import { Module } from '@nestjs/common';
import { ImportRuns } from './imports/import-runs.js';
import { ImportsService } from './imports/imports.service.js';

const services = [ImportRuns, ImportsService];

/** Real sheets in and out. Database, Clock and FileStore come from global modules. */
@Module({ providers: services, exports: services })
export class LedgersModule {}
