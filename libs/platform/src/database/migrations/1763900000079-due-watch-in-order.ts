import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The look of each second reads the beginning of its indexes on every version of the server, also before the tables have statistics. */
export class DueWatchInOrder1763900000079 implements MigrationInterface {
  name = 'DueWatchInOrder1763900000079';

  async up(runner: QueryRunner): Promise<void> {
    // PostgreSQL 15 would otherwise gather all that is due and sort it, to take the first 200.
    await runner.query('alter function due_now(timestamptz) set enable_sort = off; alter function due_now(timestamptz) set enable_bitmapscan = off; alter function due_now(timestamptz) set enable_seqscan = off');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter function due_now(timestamptz) reset all');
    await runner.query('alter function due_now(timestamptz) set search_path = public');
  }
}
