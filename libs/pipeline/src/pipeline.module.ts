import { Module } from '@nestjs/common';
import { RecruitmentModule } from '@yinfeng/recruitment';
import { FoldingService } from './folding.service.js';
import { PipelineService } from './pipeline.service.js';

/** Figures of the pipeline. Database comes from a global module. */
@Module({ imports: [RecruitmentModule], providers: [PipelineService, FoldingService], exports: [PipelineService, FoldingService] })
export class PipelineModule {}
