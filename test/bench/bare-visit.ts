import { createServer } from 'node:http';
import pg from 'pg';
import { BENCH } from './data.js';

/** The limit of W3: node:http and one SQL function that writes visit, project, audit row and reminder in one durable commit. */
const FUNCTION = `
  create schema if not exists bare;
  create table if not exists bare.visit (id uuid primary key, zone_id uuid not null, project_id uuid not null, staff_id uuid not null, visited_on date not null, content text not null, next_on date, created_at timestamptz not null default now());
  create index if not exists visit_of_project on bare.visit (project_id, visited_on desc);
  create table if not exists bare.project (id uuid primary key, zone_id uuid not null, visit_count int not null default 0, last_visit_id uuid, last_visit_on date, next_on date, updated_at timestamptz);
  create table if not exists bare.audit (id bigint generated always as identity primary key, zone_id uuid, at timestamptz default now(), actor uuid, entity text, entity_id uuid, change jsonb);
  create table if not exists bare.reminder (id uuid primary key default gen_random_uuid(), zone_id uuid, project_id uuid, recipient_id uuid, due_on date, state text default 'PLANNED');
  create index if not exists reminder_due on bare.reminder (due_on) where state = 'PLANNED';
  insert into bare.project (id, zone_id) select id, zone_id from public.project on conflict do nothing;
  create or replace function bare.log_visit(z uuid, p uuid, s uuid, d date, c text, n date) returns uuid language plpgsql as $$
  declare v uuid := gen_random_uuid();
  begin
    insert into bare.visit values (v, z, p, s, d, c, n);
    update bare.project set visit_count = visit_count + 1, last_visit_id = v, last_visit_on = greatest(last_visit_on, d), next_on = n, updated_at = now() where id = p and zone_id = z;
    insert into bare.audit (zone_id, actor, entity, entity_id, change) values (z, s, 'visit', v, jsonb_build_object('project', p, 'on', d, 'content', c, 'next', n));
    insert into bare.reminder (zone_id, project_id, recipient_id, due_on) values (z, p, s, n);
    return v;
  end $$;`;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 16) });
const projects = Number(process.env.PROJECTS);
let turn = 0;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
  request.on('end', () => {
    JSON.parse(body);
    const project = `01900000-0000-7000-8000-${(1 + ((turn++ * 7919) % projects)).toString(16).padStart(12, '0')}`;
    pool.query<{ id: string }>({ name: 'visit', text: 'select bare.log_visit($1, $2, $3, $4, $5, $6) as id', values: [BENCH.zone, project, BENCH.staff(0), '2026-11-20', '洽谈项目落地细节，约定下周看地块。', '2026-11-27'] }).then(
      ({ rows }) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { visitLog: { visit: { id: rows[0]!.id } } } })),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
});
await pool.query(FUNCTION);
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${(server.address() as { port: number }).port}`));
process.on('SIGTERM', () => process.exit(0));
