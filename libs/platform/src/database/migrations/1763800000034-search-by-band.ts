import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Search asks band after band in one statement and stops when it has enough: asking many bands at once cost a common
 * word ten times as much. Records that come back after a merge or deletion was undone are spelled again.
 */
export class SearchByBand1763800000034 implements MigrationInterface {
  name = 'SearchByBand1763800000034';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('The way of asking before this one was slower, not other: go back to the migration before by a backup.');
  }
}

const sql = /* sql */ `
-- As search_condition, on documents d of one band m: all tokens of a reading are asked for with its mix.
create function search_band_condition(readings jsonb) returns text language sql immutable as $$
  select coalesce(string_agg('(' || concat_ws(' and ',
      (select format('d.tokens @> array[%s]', string_agg(format('%s # m.mix', v::int), ', ')) from jsonb_array_elements_text(r -> 'tokens') g (v) having count(*) > 0),
      (select string_agg(format('strpos(d.folded, %L) > 0', v), ' and ') from jsonb_array_elements_text(r -> 'folded') f (v)),
      (select string_agg(format('strpos(d.initials, %L) > 0', v), ' and ') from jsonb_array_elements_text(r -> 'initials') f (v)),
      (select string_agg(format('strpos(d.syllables, %L) > 0', v), ' and ') from jsonb_array_elements_text(r -> 'syllables') f (v)),
      'd.zone_id = (select app_zone())') || ')', ' or '), 'false')
  from jsonb_array_elements(readings) r
$$;

-- Documents of the zone that may match, shorter names first and newer first within a band, at most so many. (All names of a
-- band have one length: naming it keeps the server from walking the primary key in order of ids instead of asking the tokens.)
create or replace function search_probe(kinds smallint[], readings jsonb, shortest int, enough int) returns table (kind smallint, id uuid, folded text, syllables text, starts smallint[], code text)
language plpgsql stable security definer set search_path = public set enable_seqscan = off set jit = off as $$
declare mixes int[];
begin
  select coalesce(array_agg(b.mix order by b.length, b.id desc), '{}') into mixes from search_band b where b.zone_id = app_zone() and b.kind = any (kinds) and b.length >= shortest;
  return query execute format('select x.* from unnest($1) m (mix) cross join lateral (select d.kind, d.id, d.folded, d.syllables, d.starts, d.code from search_doc d where %s order by d.length, d.id desc limit %s) x limit %s',
    search_band_condition(readings), enough, enough) using mixes;
end $$;

create trigger search_back after update of gone_at on enterprise for each row when (old.gone_at is not null and new.gone_at is null) execute function search_renamed(1);
create trigger search_back after update of gone_at on project for each row when (old.gone_at is not null and new.gone_at is null) execute function search_renamed(2);
create trigger search_back after update of gone_at on contact for each row when (old.gone_at is not null and new.gone_at is null) execute function search_renamed(3);
`;
