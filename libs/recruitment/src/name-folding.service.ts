import { Injectable } from '@nestjs/common';
import { coreName, FOLD_VERSION, foldName } from '@yinfeng/enterprises';
import { Database, newId, systemActor } from '@yinfeng/platform';

const PART = 2_000;

/**
 * Names stand folded in the database. When the rules of folding change (FOLD_VERSION), every zone is gone through once and
 * what folds otherwise now is written anew: versions stay, for nothing that a person sees has changed.
 */
@Injectable()
export class NameFoldingService {
  constructor(private readonly db: Database) {}

  /** Safe to run twice, late or at once. @returns how many names were folded anew */
  async refold(): Promise<number> {
    let changed = 0;
    for (const { id } of await this.db.shared<{ id: string }>('select id from zones_to_refold($1) as id', [FOLD_VERSION])) {
      changed += (await this.walk(id, 'enterprise')) + (await this.walk(id, 'project'));
      await this.db.tx(systemActor(id, newId()), (tx) => tx.run(
        'insert into name_fold (zone_id, version) values (app_zone(), $1) on conflict (zone_id) do update set version = greatest(name_fold.version, excluded.version), folded_at = excluded.folded_at', [FOLD_VERSION]));
    }
    return changed;
  }

  private async walk(zoneId: string, table: 'enterprise' | 'project'): Promise<number> {
    let after: string | null = null;
    let changed = 0;
    for (;;) {
      const last: string | null = await this.db.tx(systemActor(zoneId, newId()), async (tx) => {
        const rows = await tx.rows<{ id: string; name: string; folded_name: string; core_name: string }>(`select id, name, folded_name, core_name from ${table} where $1::uuid is null or id > $1 order by id limit ${PART}`, [after], `refold_${table}`);
        const stale = rows.map((r) => ({ id: r.id, was: r.name, folded: foldName(r.name), core: coreName(r.name), old: r })).filter((r) => r.folded !== r.old.folded_name || r.core !== r.old.core_name);
        // A name that is changed in this moment has been folded by the new rules.
        if (stale.length) {
          changed += await tx.run(`update ${table} t set folded_name = s.folded, core_name = s.core from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) s (id, was, folded, core) where t.id = s.id and t.name = s.was`,
            [stale.map((r) => r.id), stale.map((r) => r.was), stale.map((r) => r.folded), stale.map((r) => r.core)]);
        }
        return rows.length < PART ? null : rows.at(-1)!.id;
      }, { cause: 'names.refold', statementTimeoutMs: 60_000 });
      if (last === null) return changed;
      after = last;
    }
  }
}
