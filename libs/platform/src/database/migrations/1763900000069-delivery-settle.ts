import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A message in doubt that somebody saw arrive is closed by hand, with who says so and why. */
export class DeliverySettle1763900000069 implements MigrationInterface {
  name = 'DeliverySettle1763900000069';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery
        add column settled_at timestamptz, add column settled_by uuid references staff (id), add column settled_reason text check (length(settled_reason) between 1 and 200),
        add constraint delivery_settled check (num_nonnulls(settled_at, settled_by, settled_reason) in (0, 3) and (settled_at is null or state = 'SENT'));
      comment on column delivery.settled_at is 'In doubt until a person said that it arrived (settled_by, settled_reason); taken back, all three are null again and the books keep both'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table delivery drop column settled_at, drop column settled_by, drop column settled_reason');
  }
}
