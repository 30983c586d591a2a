import pg from 'pg';

export const W4_ZONE = '00000000-0000-7000-8000-0000000000a4';
export const W4_PEOPLE = 200;
const PROJECTS = 2_000;
const person = `('00000000-0000-7000-8000-000000f4' || lpad((n % ${W4_PEOPLE})::text, 4, '0'))::uuid`;
const project = `('01900000-0000-7000-8000-' || lpad(to_hex(n % ${PROJECTS} + 1), 12, '0'))::uuid`;

/** A zone of 200 people and 2,000 projects; FOLLOW_UP leaves at once where a person has mail. */
export async function buildW4(client: pg.Client): Promise<void> {
  await client.query(`
    begin;
    set local session_replication_role = replica;
    insert into zone (id, code, name) values ('${W4_ZONE}', 'W4', '测试区');
    insert into zone_policy (zone_id, name, value) values ('${W4_ZONE}', 'reminderChannels', '{"urgentKinds": ["FOLLOW_UP"]}');
    insert into department (id, zone_id, name, path, kind) values ('${W4_ZONE}', '${W4_ZONE}', '招商局', array['${W4_ZONE}'::uuid], 'BUREAU');
    insert into staff (id, zone_id, name, role, department_id, email) select ${person}, '${W4_ZONE}', '人员' || n, 'RECRUITER', '${W4_ZONE}', 'w4-' || n || '@bench' from generate_series(0, ${W4_PEOPLE - 1}) n;
    insert into project (id, zone_id, code, name, folded_name, core_name, stage, state_at, department_id, owner_id, last_activity_on)
    select ${project}, '${W4_ZONE}', 'W4-' || n, '某某产业化项目' || n, '某某产业化项目' || n, '某某' || n, 'NEGOTIATING', now(), '${W4_ZONE}', ${person}, shanghai_day(now()) from generate_series(0, ${PROJECTS - 1}) n;
    commit`);
  await client.query('vacuum analyze');
}

/** So many reminders, all due at one instant, over all people and projects. */
export async function planAtOnce(client: pg.Client, round: string, count: number, due: Date, kind = 'FOLLOW_UP'): Promise<void> {
  await client.query(`insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail)
    select '${W4_ZONE}', $4, $1 || ':' || n, ${project}, ${person}, shanghai_day($3), $3, jsonb_build_object('nextStep', '第' || n || '步') from generate_series(1, $2::int) n`, [round, count, due, kind]);
}

/** Mail for the first people of the zone. */
export async function giveMail(client: pg.Client, people: number): Promise<void> {
  await client.query(`insert into staff_channel (staff_id, zone_id, channel, enabled, address, verified_at) select ${person}, '${W4_ZONE}', 'MAIL', true, 'p' || n || '@ccxq.gov.cn', now() from generate_series(0, $1::int - 1) n`, [people]);
}
