import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type Channel, type DeliveryPurpose, type DeliveryState, type Outcome, type ReminderKind, type Robot } from '@yinfeng/reminders';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { ReminderKindEnum } from './reminders.types.js';

export const ChannelEnum = describedEnum('Channel', 'How reminders leave the house, beside the inbox.', { MAIL: 'E-mail, to one person.', WECOM: '企业微信群机器人.', DINGTALK: '钉钉群机器人.', FEISHU: '飞书群机器人.' } satisfies Record<Channel, string>);
export const RobotEnum = describedEnum('Robot', 'Whose group robot.', { WECOM: '企业微信: known by the key in its address.', DINGTALK: '钉钉: keyword or 加签.', FEISHU: '飞书: keyword or 签名校验.' } satisfies Record<Robot, string>);
export const DeliveryStateEnum = describedEnum('DeliveryState', 'Where a message stands.', {
  WAITING: 'Being collected, or to be tried again.', SENDING: 'Handed to a worker.', SENT: 'Taken by the other side.', DROPPED: 'Nothing was left to tell, or the channel was switched off.',
  DEAD: 'Refused, or tried in vain; may be repeated.', DOUBT: 'May have arrived. A mail goes again under the same Message-ID; a robot\'s message waits for a person.',
} satisfies Record<DeliveryState, string>);
export const DeliveryPurposeEnum = describedEnum('DeliveryPurpose', 'What a message is for.', { REMINDERS: 'Reminders.', CODE: 'The code that confirms an address.', TEST: 'A robot\'s test.' } satisfies Record<DeliveryPurpose, string>);
export const DeliveryOutcomeEnum = describedEnum('DeliveryOutcome', 'How one handing over went.', { SENT: 'Taken.', RETRY: 'Did not arrive; later.', REFUSED: 'Did not arrive and will not.', DOUBT: 'Not known.' } satisfies Record<Outcome, string>);

@ObjectType({ description: 'How the caller is told by mail. What is null follows the zone, or means all.' })
export class MailSettings {
  @Field(() => Int, { description: 'Version for changes; 0: never touched.' }) version!: number;
  @Field({ description: 'Reminders come by mail.' }) enabled!: boolean;
  @Field(() => String, { nullable: true, description: 'Where to; the account\'s own address until another is set.' }) address?: string | null;
  @Field({ description: 'The address was shown to be the caller\'s.' }) verified!: boolean;
  @Field({ description: 'A code was sent there and is good.' }) codeSent!: boolean;
  @Field(() => [ReminderKindEnum], { nullable: true, description: 'Which kinds; all when null.' }) kinds?: ReminderKind[] | null;
  @Field(() => [String], { nullable: true, description: 'Times of the digests in Shanghai (HH:MM); the zone\'s when null.' }) digestTimes?: string[] | null;
  @Field(() => String, { nullable: true, description: 'Quiet hours from (HH:MM); the zone\'s when null.' }) quietFrom?: string | null;
  @Field(() => String, { nullable: true, description: 'Quiet hours until (HH:MM); the zone\'s when null.' }) quietTo?: string | null;
  @Field({ description: 'What is urgent comes at once, also in quiet hours.' }) urgentAtOnce!: boolean;
}
@ObjectType({ description: 'The hours of the zone (policy reminderChannels).' })
export class ReminderHours {
  @Field(() => [String], { description: 'Times of the digests in Shanghai.' }) digestTimes!: string[];
  @Field({ description: 'Quiet hours from.' }) quietFrom!: string;
  @Field({ description: 'Quiet hours until.' }) quietTo!: string;
  @Field(() => [String], { description: 'Kinds of reminders that are urgent, by reminderChannels or by their row of reminderRules.' }) urgentKinds!: string[];
}
@ObjectType({ description: 'How the caller is told. The inbox has everything, at once, whatever is set here.' })
export class ReminderSettings {
  @Field({ description: 'Whether this installation sends mails (SMTP_URL).' }) mailAvailable!: boolean;
  @Field(() => MailSettings, { description: 'By mail.' }) mail!: MailSettings;
  @Field(() => ReminderHours, { description: 'The zone\'s hours.' }) zone!: ReminderHours;
}
@ObjectType({ description: 'The caller\'s settings after an act on them.' })
export class ReminderSettingsPayload {
  @Field(() => ReminderSettings, { nullable: true, description: 'The settings as they are now.' }) settings?: ReminderSettings | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ implements: () => [Node], description: 'A group robot of the zone. Its address and secret are not shown.' })
export class ChannelEndpoint extends Node {
  @Field(() => Int, { description: 'Version for changes.' }) version!: number;
  @Field(() => RobotEnum, { description: 'Whose robot.' }) kind!: Robot;
  @Field({ description: 'What it is called here.' }) name!: string;
  @Field({ description: 'Host and end of its address, to recognise it by.' }) hint!: string;
  @Field({ description: 'Its messages are signed.' }) signed!: boolean;
  @Field(() => String, { nullable: true, description: 'A word that each message has to hold.' }) keyword?: string | null;
  @Field(() => [ReminderKindEnum], { nullable: true, description: 'Which kinds it tells of; all when null.' }) kinds?: ReminderKind[] | null;
  @Field({ description: 'Switched on.' }) enabled!: boolean;
  @Field(() => [Department], { description: 'Whose reminders it tells of, with the departments below; of everybody when empty.' }) departments!: Department[];
  @Field(() => Date, { nullable: true, description: 'The vendor wants it to be still until then.' }) stillUntil?: Date | null;
  @Field(() => Date, { description: 'When it was added.' }) createdAt!: Date;
}
@ObjectType({ description: 'A robot after an act on it.' })
export class ChannelEndpointPayload {
  @Field(() => ChannelEndpoint, { nullable: true, description: 'The robot as it is now; null when removed.' }) endpoint?: ChannelEndpoint | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ description: 'One handing over of a message.' })
export class DeliveryAttempt {
  @Field(() => Int, { description: 'Which, from 1.' }) n!: number;
  @Field(() => Date, { description: 'When it began.' }) at!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was known how it went.' }) endedAt?: Date | null;
  @Field(() => DeliveryOutcomeEnum, { nullable: true, description: 'How it went; null: under way.' }) outcome?: Outcome | null;
  @Field(() => String, { nullable: true, description: 'What the other side said.' }) answer?: string | null;
}
@ObjectType({ implements: () => [Node], description: 'One message to one person or robot: a digest, something urgent, a code, a test. What it tells of is in the inbox.' })
export class Delivery extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => ChannelEnum, { description: 'Which way.' }) channel!: Channel;
  @Field(() => DeliveryPurposeEnum, { description: 'What for.' }) purpose!: DeliveryPurpose;
  @Field({ description: 'Sent at once, not in a digest.' }) urgent!: boolean;
  @Field(() => DeliveryStateEnum, { description: 'Where it stands.' }) state!: DeliveryState;
  @Field(() => Date, { nullable: true, description: 'The digest time that it was collected for.' }) windowAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it goes, or goes again.' }) nextAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was taken by the other side.' }) sentAt?: Date | null;
  @Field(() => Date, { description: 'When it was begun.' }) createdAt!: Date;
  @Field(() => Int, { description: 'How many reminders it tells of.' }) itemCount!: number;
  @Field(() => Int, { description: 'How often it was handed over.' }) attemptCount!: number;
  @Field(() => String, { nullable: true, description: 'What the other side said last.' }) lastAnswer?: string | null;
  @Field(() => [DeliveryAttempt], { description: 'Each handing over, the last fifty.' }) attempts!: DeliveryAttempt[];
  @Field({ description: 'A person may repeat it.' }) repeatable!: boolean;
  @Field({ description: 'It is in doubt: a person may say that it arrived.' }) settleable!: boolean;
  @Field(() => Date, { nullable: true, description: 'When a person said that it arrived; null: the other side said so itself, or nobody did.' }) settledAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who said so.' }) settledBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'How they know.' }) settledReason?: string | null;
  @Field(() => Staff, { nullable: true, description: 'To whom; null: to a robot.' }) staff?: Staff | null;
  @Field(() => ChannelEndpoint, { nullable: true, description: 'To which robot; null: to a person.' }) endpoint?: ChannelEndpoint | null;
}
@ObjectType({ description: 'Messages, newest first.' })
export class DeliveryConnection extends connectionOf(Delivery, 'Delivery') {}
@ObjectType({ description: 'A message after an act on it.' })
export class DeliveryPayload {
  @Field(() => Delivery, { nullable: true, description: 'The message as it is now.' }) delivery?: Delivery | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@InputType({ description: 'Which messages; every given condition must hold.' })
export class DeliveryFilter {
  @ArrayMaxSize(6) @Field(() => [DeliveryStateEnum], { nullable: true, description: 'States.' }) state?: DeliveryState[] | null;
  @ArrayMaxSize(4) @Field(() => [ChannelEnum], { nullable: true, description: 'Ways.' }) channel?: Channel[] | null;
  @Field(() => ID, { nullable: true, description: 'By this robot.' }) endpointId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'The caller\'s own alone, also for who manages the zone.' }) own?: boolean | null;
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ isAbstract: true })
abstract class Keyed {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
}
@InputType({ description: 'Changes of the caller\'s settings. What is absent stays; null goes back to the zone\'s hours, or to all kinds.' })
export class ReminderSettingsSetInput extends Keyed {
  @Field(() => Int, { description: 'Version of the settings that the caller has seen.' }) expectedVersion!: number;
  @Field(() => Boolean, { nullable: true, description: 'Reminders by mail, to a verified address.' }) enabled?: boolean | null;
  @MaxLength(254) @Field(() => String, { nullable: true, description: 'Another address; a code is sent there, and mails are off until it was entered.' }) address?: string | null;
  @ArrayMaxSize(50) @Field(() => [ReminderKindEnum], { nullable: true, description: 'Which kinds.' }) kinds?: ReminderKind[] | null;
  @ArrayMaxSize(6) @Field(() => [String], { nullable: true, description: 'Times of the digests, HH:MM.' }) digestTimes?: string[] | null;
  @MaxLength(5) @Field(() => String, { nullable: true, description: 'Quiet hours from, HH:MM; together with quietTo.' }) quietFrom?: string | null;
  @MaxLength(5) @Field(() => String, { nullable: true, description: 'Quiet hours until, HH:MM.' }) quietTo?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'What is urgent comes at once.' }) urgentAtOnce?: boolean | null;
}
@InputType({ description: 'A code to the address on record.' })
export class ReminderAddressCodeInput extends Keyed {
  @Field(() => Int, { description: 'Version of the settings that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'The code that came by mail. Saying it again does nothing.' })
export class ReminderAddressVerifyInput extends Keyed {
  @MaxLength(20) @Field({ description: 'Six digits.' }) code!: string;
}
@InputType({ description: 'A group robot, as its vendor shows it when it is added to the group.' })
export class ChannelEndpointAddInput extends Keyed {
  @Field(() => RobotEnum, { description: 'Whose robot.' }) kind!: Robot;
  @MaxLength(60) @Field({ description: 'What to call it.' }) name!: string;
  @MaxLength(500) @Field({ description: 'Its webhook address. Kept sealed and never shown.' }) address!: string;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Its signing secret (加签, 签名校验). Kept sealed and never shown.' }) secret?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'A word that each message has to hold.' }) keyword?: string | null;
  @ArrayMaxSize(50) @Field(() => [ReminderKindEnum], { nullable: true, description: 'Which kinds it tells of; all when absent.' }) kinds?: ReminderKind[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Whose reminders it tells of; everybody\'s when absent or empty.' }) departmentIds?: string[] | null;
}
@InputType({ isAbstract: true })
abstract class EndpointActInput extends Keyed {
  @Field(() => ID, { description: 'The robot.' }) endpointId!: string;
  @Field(() => Int, { description: 'Version of the robot that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'Changes of a robot. What is absent stays; null takes away secret, keyword or the choice of kinds.' })
export class ChannelEndpointEditInput extends EndpointActInput {
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'What to call it.' }) name?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Another webhook address.' }) address?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Another signing secret.' }) secret?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'A word that each message has to hold.' }) keyword?: string | null;
  @ArrayMaxSize(50) @Field(() => [ReminderKindEnum], { nullable: true, description: 'Which kinds it tells of.' }) kinds?: ReminderKind[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Whose reminders it tells of; everybody\'s when empty.' }) departmentIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Switched on.' }) enabled?: boolean | null;
}
@InputType({ description: 'A robot that is no longer there.' })
export class ChannelEndpointRemoveInput extends EndpointActInput {}
@InputType({ description: 'A test message by a robot.' })
export class ChannelEndpointTestInput extends EndpointActInput {}
@InputType({ description: 'Sends a dead or doubtful message again.' })
export class DeliveryRepeatInput extends Keyed {
  @Field(() => ID, { description: 'The message.' }) deliveryId!: string;
  @Field(() => Int, { description: 'Version of the message that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'What became of a message in doubt, as somebody saw it.' })
export class DeliverySettleInput extends Keyed {
  @Field(() => ID, { description: 'The message.' }) deliveryId!: string;
  @Field(() => Int, { description: 'Version of the message that the caller has seen.' }) expectedVersion!: number;
  @Field(() => Boolean, { defaultValue: true, description: 'It arrived; false takes back that it did.' }) arrived!: boolean;
  @MaxLength(200) @Field({ description: 'How one knows, such as: seen in the group.' }) reason!: string;
}
