import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, newId, once, type Page, type PageInput, Refusal, type Shape } from '@yinfeng/platform';
import { demandVersion, lockProject } from '@yinfeng/recruitment';
import { listCount, listOne, listPage, listThese, type RecordList } from './building-lists.js';
import { demandReason } from './works.service.js';
import { startPlanFacts } from './works.sql.js';

export const START_KINDS = ['NEW_START', 'RESUME'] as const;
export type StartKind = (typeof START_KINDS)[number];
export const START_PLAN_MOST = 200;

export interface StartPlanAdd {
  idempotencyKey?: string | null;
  projectIds: (string | null)[];
  year: number;
  kind?: StartKind | null;
  /** 1 to 12: by when. */
  month?: number | null;
  /** Which issue of the list, in the words of its office. */
  batch?: string | null;
}
export interface StartPlanRemove {
  idempotencyKey?: string | null;
  startPlanId: string | null;
  expectedVersion: number;
  reason?: string | null;
}
export interface StartPlanFilter {
  years?: number[] | null;
  kinds?: StartKind[] | null;
  projectId?: string | null;
  departmentIds?: string[] | null;
  withRemoved?: boolean | null;
}

const LIST: RecordList = { table: 'start_plan', alias: 'b', facts: startPlanFacts, key: 'b.listed_at', type: 'timestamptz' };

/** 开复工计划: which projects are to start or resume in a year. A place is given up with a reason, never erased. */
@Injectable()
export class StartPlansService {
  constructor(private readonly db: Database) {}

  /** Puts projects on the plan of a year, all or none. @throws Refusal NOT_FOUND, REQUIRED, START_PLAN_LISTED naming the project. */
  async add(actor: Actor, input: StartPlanAdd): Promise<{ startPlanIds: string[] }> {
    demand(actor, 'milestone.edit');
    if (!input.projectIds.length) throw new Refusal('REQUIRED', ['projectIds'], { field: '项目' });
    if (input.projectIds.includes(null)) throw new Refusal('NOT_FOUND');
    return this.db.tx(actor, (tx) => once(tx, 'startPlanAdd', input, async () => {
      const startPlanIds: string[] = [];
      for (const projectId of [...new Set(input.projectIds)].sort()) {
        const project = await lockProject(tx, projectId);
        if (await tx.row('select 1 as ok from start_plan where project_id = $1 and year = $2 and removed_at is null', [project.id, input.year])) throw new Refusal('START_PLAN_LISTED', ['projectIds'], { code: project.code, year: String(input.year) });
        const id = newId();
        await tx.run('insert into start_plan (id, zone_id, project_id, year, kind, month, batch, listed_by, listed_at) values ($1, app_zone(), $2, $3, $4, $5, $6, app_staff(), app_now())', [id, project.id, input.year, input.kind ?? null, input.month ?? null, input.batch?.trim() || null]);
        startPlanIds.push(id);
      }
      return { startPlanIds };
    }), { cause: 'startPlanAdd' });
  }

  /** Takes a project off the plan, with a reason. @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, TOO_LONG, START_PLAN_REMOVED. */
  async remove(actor: Actor, input: StartPlanRemove): Promise<{ startPlanId: string }> {
    demand(actor, 'milestone.edit');
    const reason = demandReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'startPlanRemove', input, async () => {
      const found = input.startPlanId ? await tx.row<{ project_id: string }>('select project_id from start_plan where id = $1', [input.startPlanId]) : undefined;
      await lockProject(tx, found?.project_id ?? null);
      const row = (await tx.row<{ id: string; version: number; remove_reason: string | null }>('select id, version, remove_reason from start_plan where id = $1 for update', [input.startPlanId]))!;
      demandVersion(row, input.expectedVersion);
      if (row.remove_reason) throw new Refusal('START_PLAN_REMOVED', ['startPlanId'], { reason: row.remove_reason }, row.id);
      await tx.run('update start_plan set removed_at = app_now(), removed_by = app_staff(), remove_reason = $2, version = version + 1 where id = $1', [row.id, reason]);
      return { startPlanId: row.id };
    }), { cause: 'startPlanRemove' });
  }

  /** Places on plans of projects that the actor may see, in the order in which they were listed. */
  page(actor: Actor, filter: StartPlanFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    return listPage(this.db, actor, LIST, (params) => conditions(filter, params), input, shape);
  }

  count(actor: Actor, filter: StartPlanFilter): Promise<number> {
    return listCount(this.db, actor, LIST, (params) => conditions(filter, params));
  }

  byIds(actor: Actor, ids: readonly string[], shape: Shape): Promise<{ id: string }[]> {
    return listThese(this.db, actor, LIST, ids, shape);
  }

  byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    return listOne(this.db, actor, LIST, id, shape);
  }
}

function conditions(f: StartPlanFilter, params: unknown[]): string[] {
  const bind = (value: unknown) => `$${params.push(value)}`;
  const where = f.withRemoved ? [] : ['b.removed_at is null'];
  if (f.years) where.push(`b.year = any(${bind(f.years)}::int[])`);
  if (f.kinds) where.push(`b.kind = any(${bind(f.kinds)}::text[])`);
  if (f.projectId) where.push(`b.project_id = ${bind(f.projectId)}`);
  if (f.departmentIds) where.push(`exists (select from project dp where dp.id = b.project_id and dp.department_id = any(array(select dv.id from department dv where dv.path && ${bind(f.departmentIds)}::uuid[])))`);
  return where;
}
