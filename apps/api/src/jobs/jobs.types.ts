import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type Lane, LANES } from '@yinfeng/platform';
import { MaxLength } from 'class-validator';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';

export const JobLaneEnum = describedEnum('JobLaneName', 'Lanes of the job queue; long work does not hold up the quick.', { quick: 'Reminders, messages, folding: seconds.', long: 'Imports, scans, sweeps: one at a time.' } satisfies Record<(typeof LANES)[number], string>);
export const JobStoreEnum = describedEnum('JobStore', 'Where the job queue lives.', { POSTGRES: 'In the product\'s own database.', REDIS: 'In Redis.' });

@ObjectType({ description: 'A lane of the job queue.' })
export class JobLane {
  @Field(() => JobLaneEnum, { description: 'Which lane.' }) lane!: Lane;
  @Field(() => Int, { description: 'Jobs that wait for a worker.' }) waiting!: number;
  @Field(() => Int, { description: 'Jobs under way.' }) active!: number;
  @Field(() => Int, { description: 'Jobs whose time has not come: the next turn of each recurring one, and tries after a failure.' }) delayed!: number;
  @Field(() => Int, { description: 'Failures that the queue still knows, turns of recurring jobs too.' }) failed!: number;
  @Field(() => Date, { nullable: true, description: 'Since when the oldest waits; null: none.' }) oldestWaitingAt?: Date | null;
}
@ObjectType({ description: 'A job that comes again by itself, and how it ran last, whichever worker ran it.' })
export class RecurringJob {
  @Field({ description: 'Name of the job.' }) job!: string;
  @Field(() => Float, { nullable: true, description: 'Seconds between two turns; null: by the cron pattern.' }) everySeconds?: number | null;
  @Field(() => String, { nullable: true, description: 'Cron pattern in Shanghai time.' }) cron?: string | null;
  @Field(() => Date, { nullable: true, description: 'Its next turn.' }) nextRunAt?: Date | null;
  @Field({ description: 'Its turn has been due for more than a minute: no worker takes it.' }) late!: boolean;
  @Field(() => Date, { nullable: true, description: 'When it last ended, well or not; null: never.' }) lastRunAt?: Date | null;
  @Field(() => Float, { nullable: true, description: 'How long that took, in seconds.' }) lastSeconds?: number | null;
  @Field(() => Date, { nullable: true, description: 'When it last ended well.' }) lastOkAt?: Date | null;
  @Field({ description: 'The last run failed.' }) failing!: boolean;
  @Field(() => String, { nullable: true, description: 'What went wrong last, without ids, numbers, secrets and what people wrote.' }) lastError?: string | null;
  @Field(() => Date, { nullable: true, description: 'When that was.' }) lastErrorAt?: Date | null;
}
@ObjectType({ description: 'A job that failed for good. What it was told is not shown.' })
export class FailedJob {
  @Field(() => ID, { description: 'Id of the job.' }) id!: string;
  @Field({ description: 'Name of the job.' }) job!: string;
  @Field({ description: 'Of the caller\'s zone or of the whole installation: the caller may retry or discard it.' }) mine!: boolean;
  @Field(() => String, { nullable: true, description: 'What went wrong, without ids, numbers, secrets and what people wrote; null for a job of another zone.' }) error?: string | null;
  @Field(() => Date, { description: 'When it was asked for.' }) createdAt!: Date;
  @Field(() => Date, { description: 'When it failed for the last time.' }) failedAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was laid aside; null: it waits for a person.' }) discardedAt?: Date | null;
}
@ObjectType({ description: 'Jobs on their way to the queue.' })
export class JobOutbox {
  @Field(() => Int, { description: 'Not handed over yet.' }) waiting!: number;
  @Field(() => Float, { nullable: true, description: 'Seconds since which the oldest of them waits; null: none.' }) oldestSeconds?: number | null;
  @Field(() => Int, { description: 'For a time to come.' }) later!: number;
  @Field(() => Int, { description: 'Handed over and not completed.' }) open!: number;
}
@ObjectType({ description: 'What runs in the background, over the whole installation: counts, names and errors.' })
export class JobBoard {
  @Field(() => Date, { description: 'When this was looked at.' }) checkedAt!: Date;
  @Field(() => JobStoreEnum, { description: 'Where the queue lives.' }) store!: 'POSTGRES' | 'REDIS';
  @Field({ description: 'The queue answers. When it does not, lanes and recurring jobs are empty.' }) reachable!: boolean;
  @Field(() => [JobLane], { description: 'The lanes.' }) lanes!: JobLane[];
  @Field(() => [RecurringJob], { description: 'Jobs that come again, those in trouble first, then by name.' }) recurring!: RecurringJob[];
  @Field(() => Int, { description: 'Jobs that failed for good and wait for a person.' }) failedCount!: number;
  @Field(() => [FailedJob], { description: 'The latest fifty of them.' }) failed!: FailedJob[];
  @Field(() => [FailedJob], { description: 'The latest fifty that were laid aside; they go after thirty days.' }) discarded!: FailedJob[];
  @Field(() => JobOutbox, { description: 'Jobs on their way to the queue.' }) outbox!: JobOutbox;
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ isAbstract: true })
abstract class Keyed {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
}
@InputType({ description: 'A failed job that is to run again.' })
export class JobRetryInput extends Keyed {
  @Field(() => ID, { description: 'The job.' }) jobId!: string;
}
@InputType({ description: 'A failed job that is laid aside.' })
export class JobDiscardInput extends Keyed {
  @Field(() => ID, { description: 'The job.' }) jobId!: string;
  @MaxLength(200) @Field({ description: 'Why; it stands in the audit log.' }) reason!: string;
}
@InputType({ description: 'A recurring job that is to run once more, now.' })
export class JobRunInput extends Keyed {
  @MaxLength(60) @Field({ description: 'Name of the job, as the board shows it.' }) job!: string;
}
@ObjectType({ description: 'A job after an act on it.' })
export class JobPayload {
  @Field(() => String, { nullable: true, description: 'Name of the job; null when nothing was done.' }) job?: string | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
