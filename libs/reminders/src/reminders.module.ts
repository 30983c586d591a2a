import { Global, Module } from '@nestjs/common';
import { DeliveryService } from './delivery.service.js';
import { IdleService } from './idle.service.js';
import { RemindersService } from './reminders.service.js';

/** Global, for many libs plan reminders. Database and Clock come from the app. */
@Global()
@Module({ providers: [RemindersService, DeliveryService, IdleService], exports: [RemindersService, DeliveryService, IdleService] })
export class RemindersModule {}
