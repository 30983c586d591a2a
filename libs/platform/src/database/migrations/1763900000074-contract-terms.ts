import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when an agreement runs, and what became of that: a day on which something is due like any other. */
export class ContractTerms1763900000074 implements MigrationInterface {
  name = 'ContractTerms1763900000074';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger signing_term_begins on signing;
      drop trigger signing_term_moves on signing;
      drop trigger signing_term_goes on signing;
      drop function signing_term(), signing_term_keep(uuid[]);
      delete from deadline where kind = 'CONTRACT_TERM';
      alter table signing drop column valid_until, drop column ended_on;`);
  }
}

const sql = String.raw/* sql */ `
alter table signing
  add column valid_until date,
  add column ended_on date,
  add constraint signing_term_after check (valid_until >= signed_on),
  add constraint signing_ended_after check (ended_on >= signed_on);
comment on column signing.valid_until is 'Last day of the term that the agreement states; null: none is stated';
comment on column signing.ended_on is 'Day on which it was fulfilled, or let lapse: its term asks nothing any more';

-- The term of an agreement: that of the supplement signed last that states one, else its own. Met when it ended, or when a
-- contract took its place.
create function signing_term_keep(ids uuid[]) returns void language plpgsql security definer set search_path = public as $$
declare g record;
begin
  -- In one order, for the rows of deadline. Of a project that is gone what was due stays as it was, and comes back with it.
  for g in
    select s.id, s.zone_id, s.project_id, coalesce(s.title, s.agreement_type, s.party_name) as title, s.signed_on,
      case when s.voided_at is null and s.main_id is null then coalesce(
        (select x.valid_until from signing x where x.main_id = s.id and x.voided_at is null and x.valid_until is not null order by x.signed_on desc, x.id desc limit 1), s.valid_until) end as until_on,
      coalesce(s.ended_on, (select min(c.signed_on) from signing c where c.fulfils_id = s.id and c.voided_at is null)) as ended
    from signing s join project p on p.id = s.project_id and p.gone_at is null where s.id = any (ids) order by s.id
  loop
    perform deadline_keep(g.zone_id, g.project_id, 'CONTRACT_TERM', g.id, '', g.title, g.signed_on, g.until_on, null, null, case when g.until_on is not null then g.ended end);
  end loop;
end $$;
create function signing_term() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then
    perform deadline_keep(old.zone_id, old.project_id, 'CONTRACT_TERM', old.id, '', null, null, null, null, null, null);
    perform signing_term_keep(array[old.main_id, old.fulfils_id]);
  elsif tg_op = 'UPDATE' then
    perform signing_term_keep(array[new.id, new.main_id, new.fulfils_id, old.main_id, old.fulfils_id]);
  else
    perform signing_term_keep(array[new.id, new.main_id, new.fulfils_id]);
  end if;
  return null;
end $$;
-- Ledgers bring agreements by the thousand, which state no term.
create trigger signing_term_begins after insert on signing for each row when (new.valid_until is not null or new.main_id is not null or new.fulfils_id is not null) execute function signing_term();
create trigger signing_term_moves after update on signing for each row
  when ((old.project_id, old.valid_until, old.ended_on, old.voided_at, old.main_id, old.fulfils_id, old.title, old.agreement_type, old.signed_on)
    is distinct from (new.project_id, new.valid_until, new.ended_on, new.voided_at, new.main_id, new.fulfils_id, new.title, new.agreement_type, new.signed_on)) execute function signing_term();
create trigger signing_term_goes after delete on signing for each row when (old.valid_until is not null or old.main_id is not null or old.fulfils_id is not null) execute function signing_term();
revoke execute on function signing_term_keep(uuid[]), signing_term() from public;
`;
