import type { Type } from '@nestjs/common';
import { PoliciesResolver } from './admin/policies.resolver.js';
import { WorkingCalendarResolver } from './admin/working-calendar.resolver.js';
import { AftercareResolver } from './aftercare/aftercare.resolver.js';
import { AmountsResolver } from './amounts/amounts.resolver.js';
import { CALL_RESOLVERS } from './calls/calls.resolver.js';
import { PausesResolver, ProjectWorksResolver, StartPlansResolver, WorksResolver } from './building/building.resolver.js';
import { StartFiguresResolver } from './building/start-figures.resolver.js';
import { CommitmentsResolver } from './commitments/commitments.resolver.js';
import { DeadlineFigureResolver, DeadlinesResolver } from './deadlines/deadlines.resolver.js';
import { DataFaultCountResolver, DataFaultsResolver } from './faults/faults.resolver.js';
import { DecisionsResolver } from './decisions/decisions.resolver.js';
import { ContactsResolver, EnterpriseContactsResolver, ProjectContactsResolver } from './contacts/contacts.resolver.js';
import { DirectoryResolver } from './directory/directory.resolver.js';
import { DisputesResolver } from './disputes/disputes.resolver.js';
import { DuplicatesResolver } from './duplicates/duplicates.resolver.js';
import { EnterprisesResolver } from './enterprises/enterprises.resolver.js';
import { PartiesResolver } from './enterprises/parties.resolver.js';
import { GatesResolver } from './gates/gates.resolver.js';
import { HandoffsResolver, ProjectHandoffResolver } from './handoffs/handoffs.resolver.js';
import { ImportRowResolver, ImportsResolver } from './imports/imports.resolver.js';
import { JobsResolver } from './jobs/jobs.resolver.js';
import { LeadClocksResolver } from './leads/lead-clocks.resolver.js';
import { LeadsResolver } from './leads/leads.resolver.js';
import { EscalationsResolver, LightFigureResolver, LightNextResolver, LightsResolver, ProjectLightsResolver } from './lights/lights.resolver.js';
import { ProjectEscalationsResolver, ReminderEscalationsResolver, WeeklyEscalationFigureResolver, WeeklyEscalationsResolver } from './escalation/escalation.resolver.js';
import { LinksResolver } from './links/links.resolver.js';
import { ArrivalFigureResolver, ArrivalsResolver, CapitalArrivalResolver } from './money/arrivals.resolver.js';
import { InvestmentFigureResolver, InvestmentsResolver, ProjectMoneyResolver } from './money/investments.resolver.js';
import { NodeResolver } from './node/node.resolver.js';
import { PermitsResolver, ProjectPermitsResolver } from './permits/permits.resolver.js';
import { PersonResolver } from './person/person.resolver.js';
import { PIPELINE_RESOLVERS } from './pipeline/pipeline.resolver.js';
import { PoolResolver } from './pool/pool.resolver.js';
import { ProjectStatusResolver, StatusResolver } from './pool/status.resolver.js';
import { ProjectsResolver } from './projects/projects.resolver.js';
import { CalendarFeedsResolver } from './reminders/calendar-feeds.resolver.js';
import { ChannelsResolver, ReminderSettingsResolver } from './reminders/channels.resolver.js';
import { ReminderActsResolver } from './reminders/reminder-acts.resolver.js';
import { RemindersResolver } from './reminders/reminders.resolver.js';
import { NoProgressReasonResolver, NoProgressResolver, ProjectProgressResolver, ReportsResolver } from './reports/reports.resolver.js';
import { SearchResolver } from './search/search.resolver.js';
import { SessionResolver } from './session/session.resolver.js';
import { ProjectTaskforceResolver, TaskforcesResolver } from './taskforces/taskforces.resolver.js';
import { StatisticsFigureResolver, StatisticsResolver } from './statistics/statistics.resolver.js';
import { TARGET_RESOLVERS } from './targets/targets.resolver.js';
import { UndoResolver } from './undo/undo.resolver.js';
import { SigningCountsResolver, SigningsResolver } from './signings/signings.resolver.js';
import { DelegationsResolver, VisitSuggestionsResolver } from './visits/delegations.resolver.js';
import { VisitsResolver } from './visits/visits.resolver.js';
import { WeeklySheetsResolver } from './exports/weekly-sheets.resolver.js';

/** Every resolver of the API, by domain noun. */
export const resolvers: Type<unknown>[] = [
  AftercareResolver,
  AmountsResolver,
  ...CALL_RESOLVERS,
  PausesResolver,
  ProjectWorksResolver,
  StartFiguresResolver,
  StartPlansResolver,
  WorksResolver,
  CommitmentsResolver,
  DeadlineFigureResolver,
  DeadlinesResolver,
  DataFaultCountResolver, DataFaultsResolver,
  DecisionsResolver,
  ContactsResolver,
  EnterpriseContactsResolver,
  ProjectContactsResolver,
  DirectoryResolver,
  DisputesResolver,
  DuplicatesResolver,
  EnterprisesResolver,
  GatesResolver,
  HandoffsResolver,
  ProjectHandoffResolver,
  ImportsResolver,
  ImportRowResolver,
  JobsResolver,
  LeadClocksResolver,
  LeadsResolver,
  EscalationsResolver,
  LightFigureResolver,
  LightNextResolver,
  LightsResolver,
  ProjectLightsResolver,
  ProjectEscalationsResolver, ReminderEscalationsResolver, WeeklyEscalationFigureResolver, WeeklyEscalationsResolver,
  LinksResolver,
  ArrivalsResolver, CapitalArrivalResolver, ArrivalFigureResolver, InvestmentsResolver, ProjectMoneyResolver, InvestmentFigureResolver,
  NodeResolver,
  PartiesResolver,
  PermitsResolver,
  ProjectPermitsResolver,
  PersonResolver,
  ...PIPELINE_RESOLVERS,
  PoliciesResolver,
  PoolResolver,
  ProjectsResolver,
  ProjectStatusResolver,
  ReminderActsResolver,
  RemindersResolver,
  ReportsResolver, NoProgressResolver, NoProgressReasonResolver, ProjectProgressResolver,
  ReminderSettingsResolver,
  ChannelsResolver,
  CalendarFeedsResolver,
  SearchResolver,
  SessionResolver,
  SigningCountsResolver,
  SigningsResolver,
  StatisticsFigureResolver,
  StatisticsResolver,
  StatusResolver,
  ...TARGET_RESOLVERS,
  TaskforcesResolver,
  ProjectTaskforceResolver,
  UndoResolver,
  DelegationsResolver,
  VisitSuggestionsResolver,
  VisitsResolver,
  WeeklySheetsResolver,
  WorkingCalendarResolver,
];
