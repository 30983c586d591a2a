import { Global, Module } from '@nestjs/common';
import { DeliveryService } from './delivery.service.js';
import { IdleService } from './idle.service.js';
import { ReminderFeed } from './reminder-feed.js';
import { RemindersService } from './reminders.service.js';

const services = [RemindersService, DeliveryService, IdleService, ReminderFeed];

/** Global, for many libs plan reminders. Database and Clock come from the app. */
@Global()
@Module({ providers: services, exports: services })
export class RemindersModule {}
