import { Module } from '@nestjs/common';
import { EnterprisesService } from '@yinfeng/enterprises';
import { DuplicatesService } from './duplicates.service.js';
import { LeadsService } from './leads.service.js';
import { ProjectEditsService } from './project-edits.service.js';
import { ProjectsService } from './projects.service.js';
import { SigningsService } from './signings.service.js';
import { StagesService } from './stages.service.js';
import { SearchService } from './search.service.js';
import { TimelineService } from './timeline.service.js';
import { VisitsService } from './visits.service.js';

const services = [
  DuplicatesService,
  EnterprisesService,
  LeadsService,
  ProjectEditsService,
  ProjectsService,
  SearchService,
  SigningsService,
  StagesService,
  TimelineService,
  VisitsService,
];

/** The way from lead to signing. Database, Clock, WorkingCalendar and RemindersService come from global modules. */
@Module({ providers: services, exports: services })
export class RecruitmentModule {}
