import { Module } from '@nestjs/common';
import { RecruitmentModule } from '@yinfeng/recruitment';
import { CreditsService } from './credits.service.js';
import { FoldingService } from './folding.service.js';
import { PipelineService } from './pipeline.service.js';

const services = [CreditsService, FoldingService, PipelineService];

/** Figures of the pipeline. Database comes from a global module. */
@Module({ imports: [RecruitmentModule], providers: services, exports: services })
export class PipelineModule {}
