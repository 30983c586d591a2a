import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { CalendarAdmin, Clock, Database, FileStore, StoredFiles, WorkingCalendar } from '@yinfeng/platform';

/** What every lib takes for granted, for one command. */
@Global()
@Module({})
export class ServicesModule {
  /** The database is connected and closed by the caller. */
  static for({ db, clock, filesFolder, module }: { db: Database; clock: Clock; filesFolder: string; module: Type }): DynamicModule {
    return {
      module: ServicesModule,
      imports: [module],
      providers: [{ provide: Clock, useValue: clock }, { provide: Database, useValue: db }, { provide: FileStore, useValue: new FileStore(filesFolder) }, StoredFiles, WorkingCalendar, CalendarAdmin],
      exports: [Clock, Database, FileStore, StoredFiles, WorkingCalendar, CalendarAdmin],
    };
  }
}
