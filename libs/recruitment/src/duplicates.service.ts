import { Injectable } from '@nestjs/common';
import { compareProjects, coreName, foldName, normaliseUscc, type DuplicateLevel, type DuplicateReason, type ProjectSketch } from '@yinfeng/enterprises';
import { type Actor, Database, demand, shiftDecimal, type Tx } from '@yinfeng/platform';
import { projectVisibility } from './projects.access.js';

/** What a new or changed project is compared by. */
export interface DuplicateCheck {
  name: string;
  code?: string | null;
  enterpriseName?: string | null;
  uscc?: string | null;
  /** 元 of the currency. */
  amount?: { amount: string; currency: string } | null;
  industryCode?: string | null;
  departmentId?: string | null;
  /** The project itself when it is edited. */
  exceptProjectId?: string | null;
}

/**
 * A project on record that may be the same. Who may not see it learns only which unit reported it and whom to ask
 * (domain.md A1 row 15): no name, no amount, no stage.
 */
export interface DuplicateHit {
  level: DuplicateLevel;
  confidence: number;
  reasons: DuplicateReason[];
  /** UUID; null when the actor may not see the project. */
  projectId: string | null;
  reportedBy: string | null;
  askPerson: string | null;
  reportedAt: Date | null;
}

interface Candidate {
  id: string; name: string; code: string; enterprise_name: string | null; usccs: string[] | null; total_amount: string | null; total_currency: string;
  industry_division: string | null; department_id: string | null; department: string | null; owner: string | null; reported_at: Date | null; visible: boolean;
}

@Injectable()
export class DuplicatesService {
  constructor(private readonly db: Database) {}

  /** Hits before anything is written, worst first (rules: domain.md C3, L1 to L4). */
  async check(actor: Actor, input: DuplicateCheck): Promise<DuplicateHit[]> {
    demand(actor, 'lead.check');
    return this.db.tx(actor, (tx) => this.find(tx, input));
  }

  async find(tx: Tx, input: DuplicateCheck): Promise<DuplicateHit[]> {
    const uscc = input.uscc ? normaliseUscc(input.uscc) : null;
    const params: unknown[] = [foldName(input.name), coreName(input.name), input.name, input.code ?? null, input.enterpriseName ? foldName(input.enterpriseName) : null, uscc, input.exceptProjectId ?? null];
    const candidates = await tx.rows<Candidate>(
      `with near as (
         select id from project where folded_name = $1 or core_name = $2 or code = $4
         union select id from (select id from project where name % $3 order by similarity(name, $3) desc limit 100) t
         union select pe.project_id from enterprise e join project_enterprise pe on pe.enterprise_id = e.id where e.uscc = $6 or e.folded_name = $5
       )
       select p.id, p.name, p.code, p.enterprise_name, p.total_amount, p.total_currency, p.industry_division, p.department_id,
         array(select e.uscc from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id and e.uscc is not null) as usccs,
         (select name from department d where d.id = p.department_id) as department, (select name from staff s where s.id = p.owner_id) as owner,
         (select reported_at from first_report r where r.project_id = p.id) as reported_at, ${projectVisibility(tx.actor, 'p', params)} as visible
       from near join project p using (id) where p.status in ('ACTIVE', 'SUSPENDED', 'POOLED') and p.id is distinct from $7 limit 300`, params);
    const wanted = sketch(input.name, input.code, input.enterpriseName, uscc ? [uscc] : [], input.amount?.amount, input.amount?.currency ?? 'CNY', input.industryCode?.slice(0, 3), input.departmentId);
    const hits = candidates.flatMap((c): DuplicateHit[] => {
      const verdict = compareProjects(wanted, sketch(c.name, c.code, c.enterprise_name, c.usccs ?? [], c.total_amount, c.total_currency, c.industry_division, c.department_id));
      return verdict ? [{ level: verdict.level, confidence: verdict.confidence, reasons: verdict.reasons, projectId: c.visible ? c.id : null, reportedBy: c.department, askPerson: c.owner, reportedAt: c.reported_at }] : [];
    });
    return hits.sort((a, b) => a.level.localeCompare(b.level) || b.confidence - a.confidence).slice(0, 20);
  }
}

function sketch(name: string, code: string | null | undefined, enterprise: string | null | undefined, usccs: string[], amount: string | null | undefined, currency: string, industry: string | null | undefined, unit: string | null | undefined): ProjectSketch {
  return { name, code: code ?? null, investors: enterprise ? [enterprise] : [], usccs, amount: amount != null ? { v: shiftDecimal(amount, -4), u: currency } : null, industry: industry ?? null, unit: unit ?? null };
}
