export { CalendarFeedsService, type FeedCreate, type FeedRevoke } from './channels/calendar-feeds.service.js';
export { CHANNELS, ROBOTS, type Channel, type Outcome, type Robot } from './channels/channel.js';
export { DELIVERY_STATES, DeliveriesService, type DeliveryFilter, type DeliveryPurpose, type DeliveryRepeat, type DeliverySettle, type DeliveryState } from './channels/deliveries.service.js';
export { ChannelEndpointsService, type EndpointAct, type EndpointAdd, type EndpointEdit } from './channels/endpoints.service.js';
export { type MailOff, MailOffService } from './channels/mail-off.service.js';
export { CHANNEL_OPTIONS, Routing } from './channels/routing.js';
export { type AddressVerify, type MailSettings, type ReminderSettings, ReminderSettingsService, type ReminderSettingsSet } from './channels/settings.service.js';
export { SendingService, type SendReport } from './channels/sending.service.js';
export { DELIVERY_BATCH, DeliveryService, type Arrival, type DeliveryResult, type SweepResult } from './delivery.service.js';
export { DueWatch, type DueWatchOptions } from './due-watch.js';
export { groupHeads, IdleService, unitHeads, type IdleSweepResult } from './idle.service.js';
export { heads, SET_BASED } from './idle.sql.js';
export { FAULT_WORDS, REMINDER_KINDS, REMINDER_STATES, reminderTitle, type ReminderDetail, type ReminderKind, type ReminderState } from './reminder-text.rules.js';
export { ReminderFeed } from './reminder-feed.js';
export { RemindersModule } from './reminders.module.js';
export { ReminderRulesService, type RulePlanResult } from './rules.service.js';
export { muteFacts, type ReminderMute, ReminderMutesService, type ReminderUnmute } from './mutes.service.js';
export { PersonalRemindersService, type ReminderCancel, type ReminderCreate, type ReminderEdit, type Repeat, REPEATS } from './personal.service.js';
export { ReminderActsService, type ReminderReassign, REMINDERS_AT_ONCE, type RemindersAct, type RemindersOutcome, type RemindersSnooze } from './reminder-acts.service.js';
export { MUTED, NEVER_MUTED, reminderFacts } from './reminders.sql.js';
export {
  RemindersService, SNOOZE_PRESETS, type ProjectWall, type ReminderComplete, type ReminderFilter, type ReminderNode, type ReminderPlan, type ReminderSelection, type ReminderSnooze, type SnoozePreset,
} from './reminders.service.js';
