import { availableParallelism } from 'node:os';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CalendarAdmin, Clock, Database, type DatabaseOptions, FileStore, JobBoardService, QueueRuntime, StoredFiles, WorkingCalendar } from '@yinfeng/platform';
import { CHANNEL_OPTIONS } from '@yinfeng/reminders';
import { API_OPTIONS, type ApiOptions } from './api-options.js';

/** What every lib takes for granted: the database, the clock, the files. */
@Global()
@Module({})
export class PlatformModule {
  static for(options: ApiOptions): DynamicModule {
    const database: DatabaseOptions = {
      url: options.databaseUrl,
      // About two connections a core serve best (performance.md W1).
      poolSize: options.poolSize ?? Math.max(4, 2 * availableParallelism()),
      statementTimeoutMs: options.statementTimeoutMs ?? 5_000,
    };
    return {
      module: PlatformModule,
      providers: [
        { provide: API_OPTIONS, useValue: options },
        { provide: CHANNEL_OPTIONS, useValue: options.channels ?? { mail: null, robotOrigins: [] } },
        Clock,
        { provide: Database, useFactory: (clock: Clock) => new Database(database, clock).connect(), inject: [Clock] },
        { provide: FileStore, useValue: FileStore.of(options) },
        StoredFiles,
        WorkingCalendar,
        CalendarAdmin,
        { provide: QueueRuntime, useFactory: () => options.queue ?? new QueueRuntime({ databaseUrl: options.databaseUrl, redisUrl: null }) },
        JobBoardService,
      ],
      exports: [API_OPTIONS, CHANNEL_OPTIONS, Clock, Database, FileStore, StoredFiles, WorkingCalendar, CalendarAdmin, QueueRuntime, JobBoardService],
    };
  }
}
