import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, type Locale, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape } from '@yinfeng/platform';
import { bind, type ProjectCondition, projectVisibility } from '@yinfeng/recruitment';
import type { Light } from './lights.rules.js';
import { lightFacts } from './lights.sql.js';

/** How many projects show one light by one rule; `department`: who has to act. */
export interface LightFigure {
  rule: string;
  label: string;
  award: boolean;
  light: Light;
  department: { id: string; name: string } | null;
  count: number;
  /** Exactly the projects counted. */
  condition: ProjectCondition;
}

/** Silence beside the zone's rules: the light that visits keep. */
export const SILENCE = 'SILENCE';

/** Reading of lights; LightsSweepService sets them. */
@Injectable()
export class LightsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** 看板: how many active projects that the actor may see show which light, by rule and department, the darkest first; at most 200 of them. */
  async board(actor: Actor, locale: Locale): Promise<LightFigure[]> {
    demand(actor, 'construction.read');
    const { rules } = await this.db.tx(actor, (tx) => this.policies.value(tx, 'lights', this.clock.today()));
    const params: unknown[] = [];
    const visible = projectVisibility(actor, 'p', params);
    const rows = await this.db.read<{ rule: string; award: boolean; light: Light; department_id: string | null; name: string | null; words: { zh: string; en: string } | null; n: number }>(actor,
      `select t.rule, t.award, t.light, t.department_id, d.name, t.words, t.n from (
         select pl.rule, pl.award, pl.light, pl.department_id, (array_agg(pl.words order by pl.since_on desc))[1] as words, count(*)::int as n
         from project_light pl join project p on p.id = pl.project_id and p.status = 'ACTIVE' and ${visible} where pl.until_on is null group by 1, 2, 3, 4
         union all
         select '${SILENCE}', false, p.light, p.department_id, null, count(*)::int from project p where p.status = 'ACTIVE' and p.light <> 'GREEN' and ${visible} group by 3, 4) t
       left join department d on d.id = t.department_id
       order by t.award, t.light desc, t.n desc, t.rule, d.name, t.department_id limit 200`, params);
    return rows.map(({ rule, award, light, department_id: id, name, words, n }) => ({
      rule, award, light, count: n, department: id ? { id: `Department:${id}`, name: name! } : null,
      label: rule === SILENCE ? (locale === 'en' ? 'Silence' : '无进展') : (rules.find((r) => r.code === rule)?.[locale] ?? words?.[locale] ?? rule),
      condition: rowsOf(rule, award, light, id),
    }));
  }

  /** Every turn of the lights of a project that the actor may see, newest first. */
  async turns(actor: Actor, projectId: string | null, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(actor, projectId, params);
    if (request.keys) where.push(`(pl.since_on, pl.id) < (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const sql = `select ${factsJson(lightFacts, { id: true, ...shape })} as node, pl.since_on::text as k, pl.id from project_light pl where ${where.join(' and ')} order by pl.since_on desc, pl.id desc limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async turnCount(actor: Actor, projectId: string | null): Promise<number> {
    const params: unknown[] = [];
    const where = this.where(actor, projectId, params);
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from project_light pl where ${where.join(' and ')}`, params))[0]!.n;
  }

  async byId(actor: Actor, id: string, shape: Shape): Promise<{ id: string } | null> {
    if (!actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [id];
    const visible = projectVisibility(actor, 'p', params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(lightFacts, { id: true, ...shape })} as node from project_light pl where pl.id = $1 and exists (select from project p where p.id = pl.project_id and ${visible})`, params);
    return row?.node ?? null;
  }

  private where(actor: Actor, projectId: string | null, params: unknown[]): string[] {
    return [`pl.project_id = ${bind(params, projectId)}`, `exists (select from project p where p.id = pl.project_id and ${projectVisibility(actor, 'p', params)})`];
  }
}

function rowsOf(rule: string, award: boolean, light: Light, departmentId: string | null): ProjectCondition {
  return (params) => {
    const of = (column: string) => (departmentId === null ? `${column} is null` : `${column} = ${bind(params, departmentId)}`);
    if (rule === SILENCE) return `p.status = 'ACTIVE' and p.light = ${bind(params, light)}::light and ${of('p.department_id')}`;
    return `p.status = 'ACTIVE' and p.id in (select pl.project_id from project_light pl where pl.until_on is null and pl.rule = ${bind(params, rule)} and pl.award = ${bind(params, award)} and pl.light = ${bind(params, light)}::light and ${of('pl.department_id')})`;
  };
}
