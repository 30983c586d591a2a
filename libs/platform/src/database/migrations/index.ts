import { Foundation1763700000001 } from './1763700000001-foundation.js';
import { Ledger1763700000002 } from './1763700000002-ledger.js';
import { PhoneTails1763800000001 } from './1763800000001-phone-tails.js';
import { PolicyVersions1763800000010 } from './1763800000010-policy-versions.js';
import { Leads1763800000011 } from './1763800000011-leads.js';
import { FirstReportProof1763800000012 } from './1763800000012-first-report-proof.js';
import { Duplicates1763800000013 } from './1763800000013-duplicates.js';
import { SearchAndFiles1763800000014 } from './1763800000014-search-and-files.js';
import { Delegations1763800000015 } from './1763800000015-delegations.js';
import { Parties1763800000016 } from './1763800000016-parties.js';
import { Pool1763800000017 } from './1763800000017-pool.js';
import { SigningsAndGates1763800000018 } from './1763800000018-signings-and-gates.js';
import { VisitLog1763800000019 } from './1763800000019-visit-log.js';
import { GoneRecords1763800000020 } from './1763800000020-gone-records.js';
import { MergedCredit1763800000024 } from './1763800000024-merged-credit.js';
import { Person1763800000025 } from './1763800000025-person.js';
import { SearchByBand1763800000034 } from './1763800000034-search-by-band.js';
import { Deadlines1763900000001 } from './1763900000001-deadlines.js';
import { FreshStatistics1763900000002 } from './1763900000002-fresh-statistics.js';
import { HandoffPackage1763900000010 } from './1763900000010-handoff-package.js';
import { Taskforce1763900000012 } from './1763900000012-taskforce.js';
import { ServiceCalls1763900000014 } from './1763900000014-service-calls.js';
import { Permits1763900000016 } from './1763900000016-permits.js';
import { Building1763900000018 } from './1763900000018-building.js';
import { Money1763900000020 } from './1763900000020-money.js';
import { MoneyMoves1763900000021 } from './1763900000021-money-moves.js';
import { Overdue1763900000022 } from './1763900000022-overdue.js';
import { Lights1763900000023 } from './1763900000023-lights.js';
import { Channels1763900000030 } from './1763900000030-channels.js';
import { StatisticsOfWhatHoldsRows1763900000050 } from './1763900000050-statistics-of-what-holds-rows.js';
import { CheaperBulkWrites1763900000051 } from './1763900000051-cheaper-bulk-writes.js';
import { ReminderRules1763900000060 } from './1763900000060-reminder-rules.js';
import { ReminderDeadlines1763900000061 } from './1763900000061-reminder-deadlines.js';
import { ReminderActs1763900000062 } from './1763900000062-reminder-acts.js';
import { ReminderEscalation1763900000064 } from './1763900000064-reminder-escalation.js';
import { ReportsDue1763900000066 } from './1763900000066-reports-due.js';
import { JobBoard1763900000068 } from './1763900000068-job-board.js';
import { DeliverySettle1763900000069 } from './1763900000069-delivery-settle.js';
import { DueWatch1763900000070 } from './1763900000070-due-watch.js';
import { ContractTerms1763900000074 } from './1763900000074-contract-terms.js';
import { ReportLastAct1763900000078 } from './1763900000078-report-last-act.js';
import { DueWatchInOrder1763900000079 } from './1763900000079-due-watch-in-order.js';

/** Every migration, oldest first. A migration never changes once it has landed; a change is a new one. */
export const migrations = [
  Foundation1763700000001,
  Ledger1763700000002,
  PhoneTails1763800000001,
  PolicyVersions1763800000010,
  Leads1763800000011,
  FirstReportProof1763800000012,
  Duplicates1763800000013,
  SearchAndFiles1763800000014,
  Delegations1763800000015,
  Parties1763800000016,
  Pool1763800000017,
  SigningsAndGates1763800000018,
  VisitLog1763800000019,
  GoneRecords1763800000020,
  MergedCredit1763800000024,
  Person1763800000025,
  SearchByBand1763800000034,
  Deadlines1763900000001,
  FreshStatistics1763900000002,
  HandoffPackage1763900000010,
  Taskforce1763900000012,
  ServiceCalls1763900000014,
  Permits1763900000016,
  Building1763900000018,
  Money1763900000020,
  MoneyMoves1763900000021,
  Overdue1763900000022,
  Lights1763900000023,
  Channels1763900000030,
  StatisticsOfWhatHoldsRows1763900000050,
  CheaperBulkWrites1763900000051,
  ReminderRules1763900000060,
  ReminderDeadlines1763900000061,
  ReminderActs1763900000062,
  ReminderEscalation1763900000064,
  ReportsDue1763900000066,
  JobBoard1763900000068,
  DeliverySettle1763900000069,
  DueWatch1763900000070,
  ContractTerms1763900000074,
  ReportLastAct1763900000078,
  DueWatchInOrder1763900000079,
];
