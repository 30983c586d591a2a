import { Module, type Type } from '@nestjs/common';
import { DirectoryModule } from '@yinfeng/directory';
import { RecruitmentModule } from '@yinfeng/recruitment';
import { AftercareService } from './aftercare/aftercare.service.js';
import { PausesService } from './building/pauses.service.js';
import { StartFiguresService } from './building/start-figures.service.js';
import { StartPlansService } from './building/start-plans.service.js';
import { WorksService } from './building/works.service.js';
import { DeadlinesService } from './deadlines/deadlines.service.js';
import { CallBook } from './calls/call-book.js';
import { CallLinksService } from './calls/call-links.service.js';
import { CallReads } from './calls/call-reads.service.js';
import { CallsService } from './calls/calls.service.js';
import { ProblemListService } from './calls/problem-list.service.js';
import { HANDOFF_ACCEPTED, type HandoffListener } from './handoffs/handoff-accepted.js';
import { HandoffDecisionsService } from './handoffs/handoff-decisions.service.js';
import { HandoffMovesService } from './handoffs/handoff-moves.service.js';
import { HandoffPackagesService } from './handoffs/handoff-packages.service.js';
import { HandoffsMissingService } from './handoffs/handoffs-missing.service.js';
import { HandoffsService } from './handoffs/handoffs.service.js';
import { PermitActsService } from './permits/permit-acts.service.js';
import { PermitDesk } from './permits/permit-desk.js';
import { PermitReadsService } from './permits/permit-reads.service.js';
import { PermitsService } from './permits/permits.service.js';
import { DutiesService } from './taskforce/duties.service.js';
import { TaskforceDayService } from './taskforce/taskforce-day.service.js';
import { TaskforcesService } from './taskforce/taskforces.service.js';
import { ArrivalFiguresService } from './money/arrival-figures.service.js';
import { ArrivalsService } from './money/arrivals.service.js';
import { InvestmentFiguresService } from './money/investment-figures.service.js';
import { InvestmentPlansService } from './money/investment-plans.service.js';
import { InvestmentReportsService } from './money/investment-reports.service.js';
import { MoneyBasesService } from './money/money-bases.service.js';
import { MoneyWarningsService } from './money/money-warnings.service.js';
import { ReminderEscalationsService } from './escalation/reminder-escalations.service.js';
import { ReminderEscalationSweepService } from './escalation/reminder-escalation-sweep.service.js';
import { WeeklyEscalationsService } from './escalation/weekly-escalations.service.js';
import { EscalationsService } from './lights/escalations.service.js';
import { LightsSweepService } from './lights/lights-sweep.service.js';
import { LightsService } from './lights/lights.service.js';
import { NoProgressService } from './reports/no-progress.service.js';
import { ReportsSweepService } from './reports/reports-sweep.service.js';
import { ReportsService } from './reports/reports.service.js';
import { StatisticsService } from './statistics/statistics.service.js';

/** What an accepted handoff sets going, in this order; one line for each. */
const LISTENERS: Type<HandoffListener>[] = [
  HandoffMovesService,
  TaskforcesService,
  PermitsService,
  CallsService,
];

const services = [
  AftercareService,
  DeadlinesService,
  DutiesService,
  HandoffDecisionsService,
  HandoffMovesService,
  HandoffPackagesService,
  HandoffsMissingService,
  HandoffsService,
  PermitActsService,
  PermitDesk,
  PermitReadsService,
  PermitsService,
  TaskforceDayService,
  TaskforcesService,
  InvestmentPlansService, InvestmentReportsService, InvestmentFiguresService, ArrivalsService, ArrivalFiguresService, MoneyBasesService, MoneyWarningsService,
  CallBook, CallLinksService, CallReads, CallsService, ProblemListService,
  EscalationsService,
  ReminderEscalationsService, ReminderEscalationSweepService, WeeklyEscalationsService,
  LightsService,
  LightsSweepService,
  StatisticsService,
  NoProgressService, ReportsService, ReportsSweepService,
  PausesService,
  StartFiguresService,
  StartPlansService,
  WorksService,
];

/** From the handoff on. Database, Clock and RemindersService come from global modules. */
@Module({
  imports: [DirectoryModule, RecruitmentModule],
  providers: [...services, { provide: HANDOFF_ACCEPTED, inject: LISTENERS, useFactory: (...listeners: HandoffListener[]) => listeners }],
  exports: services,
})
export class ConstructionModule {}
