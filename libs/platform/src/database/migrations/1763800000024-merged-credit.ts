import type { MigrationInterface, QueryRunner } from 'typeorm';

/** After a merge the earliest first report of all counts, in the credit as on the project. */
export class MergedCredit1763800000024 implements MigrationInterface {
  name = 'MergedCredit1763800000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Credit would be counted for the wrong report again: restore a backup instead.');
  }
}

const sql = /* sql */ `
-- Who is credited with the first report of a project that is there, and with how much of it: the latest ruling, else the
-- reporter of the report that counts. Rulings made before a merge stand with the project that went.
create or replace view first_report_credit with (security_invoker = true) as
  select p.zone_id, p.id as project_id, coalesce(s.staff_id, case when s.dispute_id is null then r.reporter_id end) as staff_id,
    case when s.dispute_id is null then r.department_id else s.department_id end as department_id, coalesce(s.share, 1) as share, d.id as dispute_id
  from project p
  join first_report r on r.project_id = coalesce(p.first_report_of, p.id)
  left join lateral (select x.id, x.ruling from first_report_dispute x where x.project_id in (r.project_id, p.id) and x.state = 'DECIDED' order by x.decided_at desc, x.id desc limit 1) d on true
  left join first_report_share s on s.dispute_id = d.id and d.ruling <> 'FIRST_STANDS';
`;
