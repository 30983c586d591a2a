import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many working days lie between two days, for lists of what is overdue. */
export class Overdue1763900000022 implements MigrationInterface {
  name = 'Overdue1763900000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function working_days_after(date, date)');
  }
}

const sql = String.raw/* sql */ `
create function working_days_after(start date, until date) returns int language plpgsql stable parallel safe as $$
begin
  if until <= start then return 0; end if;
  if (select count(*) from calendar_year y where y.published and y.year between extract(year from start) and extract(year from until)) = extract(year from until) - extract(year from start) + 1 then
    return coalesce((select w.seq from working_day w where w.day <= until order by w.day desc limit 1), 0) - coalesce((select w.seq from working_day w where w.day <= start order by w.day desc limit 1), 0);
  end if;
  -- Day by day: a published day by the calendar, any other by its weekday, as working_due() does.
  return (select count(*) from generate_series(start + 1, until, interval '1 day') g (at), lateral (select g.at::date as day) d
    where coalesce((select exists (select from working_day w where w.day = d.day) from calendar_year y where y.published and y.year = extract(year from d.day)::int), extract(isodow from d.day) < 6));
end $$;
comment on function working_days_after is 'Working days after one day up to another, that one included; in years whose holidays are not published Monday to Friday are taken as working days';
`;
