import { Global, Module } from '@nestjs/common';
import { Database } from '@yinfeng/platform';
import { CalendarFeedsService } from './channels/calendar-feeds.service.js';
import { DeliveriesService } from './channels/deliveries.service.js';
import { ChannelEndpointsService } from './channels/endpoints.service.js';
import { MailOffService } from './channels/mail-off.service.js';
import { Routing } from './channels/routing.js';
import { ReminderSettingsService } from './channels/settings.service.js';
import { DeliveryService } from './delivery.service.js';
import { IdleService } from './idle.service.js';
import { ReminderMutesService } from './mutes.service.js';
import { PersonalRemindersService } from './personal.service.js';
import { ReminderActsService } from './reminder-acts.service.js';
import { ReminderFeed } from './reminder-feed.js';
import { RemindersService } from './reminders.service.js';
import { ReminderRulesService } from './rules.service.js';

const inbox = { provide: DeliveryService, useFactory: (db: Database, routing: Routing) => new DeliveryService(db, routing), inject: [Database, Routing] };
const services = [RemindersService, PersonalRemindersService, ReminderActsService, ReminderMutesService, inbox, IdleService, ReminderRulesService, ReminderFeed, Routing, ReminderSettingsService, ChannelEndpointsService, DeliveriesService, CalendarFeedsService, MailOffService];

/** Global, for many libs plan reminders. Database, Clock and CHANNEL_OPTIONS come from the app. */
@Global()
@Module({ providers: services, exports: services })
export class RemindersModule {}
