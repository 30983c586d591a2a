import { Injectable } from '@nestjs/common';
import { EnterprisesService, type EnterpriseInput } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, globalId, once, Refusal, type Tx } from '@yinfeng/platform';
import { ACTIVITY } from './project.sql.js';
import { demandVersion, enterpriseVisibility, lockProject, type ProjectRow } from './projects.access.js';
import { STAGE_LABELS, STAGES } from './stages.stage.js';

export const PARTY_ROLES = ['INVESTOR', 'SIGNING_PARTY', 'REGISTERED_COMPANY', 'PARENT', 'INTERMEDIARY'] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];
export const PARTY_LABELS: Record<PartyRole, readonly [zh: string, en: string]> = {
  INVESTOR: ['投资方', 'investor'], SIGNING_PARTY: ['签约主体', 'signing party'], REGISTERED_COMPANY: ['注册公司', 'registered company'], PARENT: ['母公司', 'parent'], INTERMEDIARY: ['中介机构', 'intermediary'],
};

export interface PartyAdd {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  /** One on record, or one as somebody names it. */
  enterpriseId?: string | null;
  enterprise?: EnterpriseInput | null;
  role: PartyRole;
  /** Share in per cent, exact text; shares of investors never add up to more than 100. */
  sharePercent?: string | null;
  /** Place among those of its role, from 0; when absent, where it is or the last. The first investor leads. */
  position?: number | null;
}
export interface PartyRemove {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  enterpriseId: string | null;
  role: PartyRole;
}

@Injectable()
export class ProjectPartiesService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly enterprises: EnterprisesService,
  ) {}

  /** Adds an enterprise in a role, or changes its share and place in it. @throws Refusal NOT_FOUND, CONFLICT, UNKNOWN_REFERENCE, REQUIRED, SHARES_EXCEED, INVALID. */
  async add(actor: Actor, input: PartyAdd): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    if (input.enterpriseId === undefined && !input.enterprise?.name.trim()) throw new Refusal('REQUIRED', ['enterpriseId'], { field: '企业' });
    if (input.sharePercent != null && !/^(?:100(?:\.0{1,2})?|\d{1,2}(?:\.\d{1,2})?)$/.test(input.sharePercent) || /^0+(?:\.0+)?$/.test(input.sharePercent ?? '1')) {
      throw new Refusal('INVALID', ['sharePercent'], { field: '持股比例', value: input.sharePercent!, expected: '0.01–100' });
    }
    return this.db.tx(actor, (tx) => once(tx, 'projectEnterpriseAdd', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      const enterpriseId = await this.party(tx, input);
      const listed = await tx.rows<{ enterprise_id: string; share: string | null }>('select enterprise_id, share_percent as share from project_enterprise where project_id = $1 and role = $2 order by position, enterprise_id', [project.id, input.role]);
      const others = listed.filter((o) => o.enterprise_id !== enterpriseId);
      const held = listed.findIndex((o) => o.enterprise_id === enterpriseId);
      // In hundredths: whole numbers add up exactly.
      const sum = [...others.map((o) => o.share), input.sharePercent].reduce((n, s) => n + (s == null ? 0 : Math.round(Number(s) * 100)), 0);
      if (input.role === 'INVESTOR' && sum > 10_000) throw new Refusal('SHARES_EXCEED', ['sharePercent'], { value: (sum / 100).toString() });
      const at = Math.min(input.position ?? (held === -1 ? others.length : held), others.length);
      const order = [...others.slice(0, at).map((o) => o.enterprise_id), enterpriseId, ...others.slice(at).map((o) => o.enterprise_id)];
      await tx.run(
        `insert into project_enterprise (zone_id, project_id, enterprise_id, role, position, share_percent) values (app_zone(), $1, $2, $3, $4, $5)
         on conflict (project_id, enterprise_id, role) do update set share_percent = excluded.share_percent`, [project.id, enterpriseId, input.role, at, input.sharePercent ?? null]);
      await tx.run('update project_enterprise pe set position = o.n - 1 from unnest($3::uuid[]) with ordinality o (id, n) where pe.project_id = $1 and pe.role = $2 and pe.enterprise_id = o.id and pe.position <> o.n - 1', [project.id, input.role, order]);
      return this.lead(tx, project);
    }), { cause: 'projectEnterpriseAdd' });
  }

  /** Takes an enterprise out of a role; the last investor of a project past reserve stays. @throws Refusal NOT_FOUND, CONFLICT, UNKNOWN_REFERENCE, LAST_INVESTOR. */
  async remove(actor: Actor, input: PartyRemove): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    return this.db.tx(actor, (tx) => once(tx, 'projectEnterpriseRemove', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      const gone = input.enterpriseId ? await tx.run('delete from project_enterprise where project_id = $1 and enterprise_id = $2 and role = $3', [project.id, input.enterpriseId, input.role]) : 0;
      if (!gone) throw new Refusal('UNKNOWN_REFERENCE', ['enterpriseId'], { field: PARTY_LABELS[input.role][0], value: input.enterpriseId ? globalId('Enterprise', input.enterpriseId) : '—' });
      if (input.role === 'INVESTOR' && STAGES.indexOf(project.stage) > STAGES.indexOf('RESERVE') && !(await tx.row(`select 1 as ok from project_enterprise where project_id = $1 and role = 'INVESTOR'`, [project.id]))) {
        throw new Refusal('LAST_INVESTOR', ['enterpriseId'], { stage: STAGE_LABELS[project.stage][actor.locale === 'en' ? 1 : 0] });
      }
      return this.lead(tx, project);
    }), { cause: 'projectEnterpriseRemove' });
  }

  /** The enterprise that is meant: one the actor may see, or one named. @throws Refusal UNKNOWN_REFERENCE. */
  private async party(tx: Tx, input: PartyAdd): Promise<string> {
    if (input.enterpriseId === undefined) return (await this.enterprises.resolve(tx, input.enterprise!)).id;
    const params: unknown[] = [input.enterpriseId];
    const seen = input.enterpriseId && (await tx.row<{ id: string }>(`select e.id from enterprise e where e.id = $1 and ${enterpriseVisibility(tx.actor, 'e', params)}`, params));
    if (!seen) throw new Refusal('UNKNOWN_REFERENCE', ['enterpriseId'], { field: '企业', value: input.enterpriseId ? globalId('Enterprise', input.enterpriseId) : '—' });
    return seen.id;
  }

  /** The leading investor, else the first of whoever is named, is the enterprise that the project shows. */
  private async lead(tx: Tx, project: ProjectRow): Promise<{ projectId: string }> {
    await tx.run(
      `update project p set enterprise_id = l.id, enterprise_name = l.name, version = version + 1, ${ACTIVITY('$2::date')}
       from (select 1) one left join lateral (select e.id, e.name from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = $1
         order by array_position(array['INVESTOR','SIGNING_PARTY','REGISTERED_COMPANY','PARENT','INTERMEDIARY'], pe.role), pe.position, e.id limit 1) l on true where p.id = $1`, [project.id, this.clock.today()]);
    return { projectId: project.id };
  }
}
