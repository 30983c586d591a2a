import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, halfWidth, once, Refusal, shanghaiDay, type Tx } from '@yinfeng/platform';
import { ACTIVITY } from './project.sql.js';
import { demandVersion, lockProject } from './projects.access.js';

export const REFERRER_KINDS = ['PERSON', 'ORGANISATION'] as const;
export type ReferrerKind = (typeof REFERRER_KINDS)[number];

/** Who introduced a lead. */
export interface ReferrerFiling {
  kind: ReferrerKind;
  name: string;
  phone?: string | null;
  /** 公职人员: may introduce, is never rewarded. */
  publicServant: boolean;
  note?: string | null;
}
export interface ReferrerFile {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  introducer: ReferrerFiling;
}

/** The first introducer of a project: filed once, with the instant that decides about a reward (domain.md C8). */
@Injectable()
export class LeadReferrersService {
  constructor(private readonly db: Database) {}

  /** Files the introducer of a project that has none. @throws Refusal NOT_FOUND, CONFLICT, REFERRER_FILED, INVALID. */
  async file(actor: Actor, input: ReferrerFile): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    return this.db.tx(actor, (tx) => once(tx, 'leadReferrerFile', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const filed = await tx.row<{ name: string; filed_at: Date }>('select name, filed_at from lead_referrer where project_id = $1', [project.id]);
      if (filed) throw new Refusal('REFERRER_FILED', ['introducer'], { name: filed.name, day: shanghaiDay(filed.filed_at) }, project.id);
      demandVersion(project, input.expectedVersion);
      await this.write(tx, project.id, input.introducer, ['introducer']);
      await tx.run(`update project set version = version + 1, ${ACTIVITY('shanghai_day(app_now())')} where id = $1`, [project.id]);
      return { projectId: project.id };
    }), { cause: 'leadReferrerFile' });
  }

  /** Joins the caller's transaction; the path leads to the filing within the input. */
  async write(tx: Tx, projectId: string, filing: ReferrerFiling, path: readonly string[]): Promise<void> {
    const name = filing.name.trim();
    if (!name) throw new Refusal('REQUIRED', [...path, 'name'], { field: '引荐人' });
    if (filing.publicServant && filing.kind === 'ORGANISATION') throw new Refusal('INVALID', [...path, 'publicServant'], { field: '公职人员', value: 'true', expected: '机构填 false / false for an organisation' });
    const digits = filing.phone?.trim() ? halfWidth(filing.phone).replace(/[\s()+\-–—]/g, '') : null;
    if (digits !== null && !/^\d{7,20}$/.test(digits)) throw new Refusal('INVALID', [...path, 'phone'], { field: '引荐人电话', value: filing.phone!.slice(0, 40), expected: '7–20 位数字 / 7–20 digits' });
    await tx.run(`insert into lead_referrer (project_id, zone_id, kind, name, phone, public_servant, note, filed_at, filed_by) values ($1, app_zone(), $2, $3, $4, $5, $6, app_now(), app_staff())`,
      [projectId, filing.kind, name, digits, filing.publicServant, filing.note?.trim() || null]);
  }
}
