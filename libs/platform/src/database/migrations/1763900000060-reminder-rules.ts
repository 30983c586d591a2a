import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which row of the zone's rules a reminder came from, which deadline it speaks of, and whether its day may still move. */
export class ReminderRules1763900000060 implements MigrationInterface {
  name = 'ReminderRules1763900000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table reminder drop column rule, drop column deadline_id, drop column provisional');
  }
}

const sql = String.raw/* sql */ `
alter table reminder
  add column rule text constraint reminder_rule_code check (rule ~ '^[A-Z][A-Z0-9_]{1,39}$'),
  add column deadline_id uuid,
  add column provisional boolean not null default false;
comment on column reminder.rule is 'Code of the row of policy reminderRules that planned it; null: planned by an act or a policy of its own, and the row whose code is its kind applies';
comment on column reminder.deadline_id is 'The deadline it reminds of; it is done, moved or taken back with it';
comment on column reminder.provisional is 'Its day lies in a year whose working calendar is not published, where Monday to Friday are taken as working days; it is looked at again when the year is';
create index reminder_of_deadline on reminder (deadline_id) where deadline_id is not null and state in ('PLANNED','DELIVERED');
`;
