import { Module, type Type } from '@nestjs/common';
import { DeadlinesService } from './deadlines/deadlines.service.js';
import { HANDOFF_ACCEPTED, type HandoffListener } from './handoffs/handoff-accepted.js';
import { HandoffsService } from './handoffs/handoffs.service.js';

/** What an accepted handoff sets going, in this order; one line for each. */
const LISTENERS: Type<HandoffListener>[] = [
];

const services = [
  DeadlinesService,
  HandoffsService,
];

/** From the handoff on. Database, Clock and RemindersService come from global modules. */
@Module({
  providers: [...services, { provide: HANDOFF_ACCEPTED, inject: LISTENERS, useFactory: (...listeners: HandoffListener[]) => listeners }],
  exports: services,
})
export class ConstructionModule {}
