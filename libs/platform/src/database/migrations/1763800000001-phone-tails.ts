import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Phones are found by their whole number and by their last four to ten digits, by search and by the duplicate check alike. */
export class PhoneTails1763800000001 implements MigrationInterface {
  name = 'PhoneTails1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index contact_phone_tails; drop function phone_tails(text[])`);
  }
}

const sql = /* sql */ `
-- The digits of each phone (a leading 86 of a mobile number dropped) and their tails of 4 to 10 digits. One index serves
-- 'ends with 6789' and 'is 13912346789'. Behind row-level security array operators use no index: ask through a SECURITY
-- DEFINER function that names the zone.
create function phone_tails(phones text[]) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct t), '{}') from (
    select regexp_replace(regexp_replace(p, '[^0-9]', '', 'g'), '^86(?=1[0-9]{10}$)', '') as digits from unnest(phones) p) d
  cross join lateral (select digits as t where length(digits) >= 4 union all select right(digits, n) from generate_series(4, least(10, length(digits) - 1)) n) s
$$;
create index contact_phone_tails on contact using gin (phone_tails(phones)) where phones <> '{}';
`;
