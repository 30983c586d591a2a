import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A report names its last act, and an act its report: as two foreign keys they were a circle, and no backup could be made. */
export class ReportLastAct1763900000078 implements MigrationInterface {
  name = 'ReportLastAct1763900000078';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger report_last_act on report_filing;
      drop function report_last_act();
      alter table report_filing add constraint report_filing_last_act foreign key (last_act_id) references report_act (id);`);
  }
}

const sql = String.raw/* sql */ `
alter table report_filing drop constraint report_filing_last_act;
-- Acts are never changed nor removed, so that it is enough to look when the report turns to one; at the end, as a restore brings reports before their acts.
create function report_last_act() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if not exists (select from report_act a where a.id = new.last_act_id and a.filing_id = new.id) then
    raise exception 'report % names an act that is not its own', new.id using errcode = 'foreign_key_violation', constraint = 'report_last_act';
  end if;
  return null;
end $$;
revoke execute on function report_last_act() from public;
create constraint trigger report_last_act after insert or update of last_act_id on report_filing deferrable initially deferred
  for each row when (new.last_act_id is not null) execute function report_last_act();
`;
