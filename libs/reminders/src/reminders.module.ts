import { Module } from '@nestjs/common';
import { DeliveryService } from './delivery.service.js';
import { IdleService } from './idle.service.js';
import { RemindersService } from './reminders.service.js';

/** Needs Database and Clock from the app. */
@Module({ providers: [RemindersService, DeliveryService, IdleService], exports: [RemindersService, DeliveryService, IdleService] })
export class RemindersModule {}
