import { Module } from '@nestjs/common';
import { HandoffsService } from './handoffs/handoffs.service.js';

/** From the handoff on. Database, Clock and RemindersService come from global modules. */
@Module({ providers: [HandoffsService], exports: [HandoffsService] })
export class ConstructionModule {}
