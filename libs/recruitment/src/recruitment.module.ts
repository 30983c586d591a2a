import { Module } from '@nestjs/common';
import { DirectoryModule } from '@yinfeng/directory';
import { EnterpriseEditsService, EnterprisesService } from '@yinfeng/enterprises';
import { AdmissionsService } from './admissions.service.js';
import { AmountsService } from './amounts.service.js';
import { BypassesService } from './bypasses.service.js';
import { ContactsService } from './contacts.service.js';
import { DisputesService } from './disputes.service.js';
import { BulkEditsService } from './bulk-edits.service.js';
import { DeletionsService } from './deletions.service.js';
import { DuplicateFindingsService } from './duplicate-findings.service.js';
import { DuplicatePairsService } from './duplicate-pairs.service.js';
import { DuplicateScanService } from './duplicate-scan.service.js';
import { CommitmentsService } from './commitments.service.js';
import { DecisionsService } from './decisions.service.js';
import { DuplicatesService } from './duplicates.service.js';
import { DataFaultsService } from './faults/faults.service.js';
import { LeadExtractionService } from './lead-extraction.service.js';
import { LeadQualityService } from './lead-quality.service.js';
import { LeadReferrersService } from './lead-referrers.service.js';
import { GatesService } from './gates.service.js';
import { LeadsService } from './leads.service.js';
import { PersonService } from './person.service.js';
import { PoolService } from './pool.service.js';
import { PoolSweepService } from './pool-sweep.service.js';
import { MergesService } from './merges.service.js';
import { ProjectEditsService } from './project-edits.service.js';
import { ProjectPartiesService } from './project-parties.service.js';
import { ProjectLinksService } from './project-links.service.js';
import { ProjectTagsService } from './project-tags.service.js';
import { ProjectsService } from './projects.service.js';
import { ProtectionsService } from './protections.service.js';
import { ReceiptsService } from './receipts.service.js';
import { SigningsService } from './signings.service.js';
import { StagesService } from './stages.service.js';
import { SearchIndex } from './search/search-index.service.js';
import { SearchService } from './search.service.js';
import { StatusRequestsService } from './status-requests.service.js';
import { StatusService } from './status.service.js';
import { TargetListsService } from './target-lists.service.js';
import { TargetsService } from './targets.service.js';
import { TimelineService } from './timeline.service.js';
import { TriageService } from './triage.service.js';
import { UndoService } from './undo.service.js';
import { VisitEditsService } from './visit-edits.service.js';
import { VisitFiguresService } from './visit-figures.service.js';
import { VisitsService } from './visits.service.js';
import { DelegationsService } from './delegations.service.js';

const services = [
  AdmissionsService,
  AmountsService,
  ContactsService,
  BypassesService,
  DisputesService,
  BulkEditsService,
  DeletionsService,
  DuplicateFindingsService,
  DuplicatePairsService,
  DuplicateScanService,
  CommitmentsService,
  DecisionsService,
  DuplicatesService,
  EnterpriseEditsService,
  EnterprisesService,
  DataFaultsService,
  LeadExtractionService,
  LeadQualityService,
  LeadReferrersService,
  GatesService,
  LeadsService,
  PersonService,
  PoolService,
  PoolSweepService,
  MergesService,
  ProjectEditsService,
  ProjectPartiesService,
  ProjectLinksService,
  ProjectTagsService,
  ProjectsService,
  ProtectionsService,
  ReceiptsService,
  SearchIndex,
  SearchService,
  SigningsService,
  StagesService,
  StatusRequestsService,
  StatusService,
  TargetListsService,
  TargetsService,
  TimelineService,
  TriageService,
  UndoService,
  DelegationsService,
  VisitEditsService,
  VisitFiguresService,
  VisitsService,
];

/** The way from lead to signing. Database, Clock, WorkingCalendar and RemindersService come from global modules. */
@Module({ imports: [DirectoryModule], providers: services, exports: services })
export class RecruitmentModule {}
