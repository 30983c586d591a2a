import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { globalId, JobBoardService } from '@yinfeng/platform';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { JobBoard, JobDiscardInput, JobPayload, JobRetryInput, JobRunInput } from './jobs.types.js';

/** What runs in the background, for the system administrator; the same as the page /jobs. */
@Resolver(() => JobBoard)
export class JobsResolver {
  constructor(private readonly jobs: JobBoardService) {}

  @Can('zone.manage')
  @Query(() => JobBoard, { description: 'What runs in the background: lanes, recurring jobs, failures, the outbox.' })
  async jobBoard(@Context() context: RequestContext) {
    const board = await this.jobs.board(actorOf(context));
    const withId = <Job extends { id: string }>(job: Job) => ({ ...job, id: globalId('Job', job.id) });
    return { ...board, failed: board.failed.map(withId), discarded: board.discarded.map(withId) };
  }

  @Can('zone.manage')
  @Mutation(() => JobPayload, { description: 'Lets a failed job, or one that was laid aside, run again from its first attempt.' })
  jobRetry(@Args('input', { description: 'Which job.' }) input: JobRetryInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome<{ job?: string }>(actor.locale, () => this.jobs.retry(actor, { ...input, jobId: idOf('Job', input.jobId) }));
  }

  @Can('zone.manage')
  @Mutation(() => JobPayload, { description: 'Lays a failed job aside; for thirty days it may still be retried.' })
  jobDiscard(@Args('input', { description: 'Which job, and why.' }) input: JobDiscardInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome<{ job?: string }>(actor.locale, () => this.jobs.discard(actor, { ...input, jobId: idOf('Job', input.jobId) }));
  }

  @Can('zone.manage')
  @Mutation(() => JobPayload, { description: 'Lets a recurring job run once more, now.' })
  jobRun(@Args('input', { description: 'Which job.' }) input: JobRunInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome<{ job?: string }>(actor.locale, () => this.jobs.runNow(actor, input));
  }
}
