import { Injectable } from '@nestjs/common';
import { Database, systemActor, type Tx } from '@yinfeng/platform';
import { tokensOf } from './readings.rules.js';
import { speller, type Speller } from './spelling.js';

/** The search for zones with new names is for all zones at once; it acts in none. */
const NOWHERE = '00000000-0000-0000-0000-000000000000';
/** Names spelled and kept in one transaction: some 100 ms of work. */
const BATCH = 2_000;
/** One run ends after so many batches of a zone: the next run goes on, and other zones have their turn. */
const BATCHES = 25;
/** Names longer than this are found by their beginning. */
const LONGEST = 120;
const BAND = 8_192;

/** A record whose name is to be spelled; null name: it is gone. */
interface Named { kind: number; id: string; name: string | null; code: string | null; created_by: string | null }

/** Keeps search_doc: spells the names that writers have noted. Searches are right whether or not it runs, but slower. */
@Injectable()
export class SearchIndex {
  constructor(private readonly db: Database) {}

  /** Spells what has been committed since the last time; returns the number of names. Safe to run twice, late, or at once. */
  async catchUp(requestId = 'search'): Promise<number> {
    let total = 0;
    for (const { zone } of await this.db.shared<{ zone: string }>('select search_zones() as zone')) {
      for (let n = 0; n < BATCHES; n++) {
        const done = await this.batch(zone, requestId);
        total += done ?? 0;
        if (done === null || done < BATCH) break;
      }
    }
    return total;
  }

  /** null: another worker is at this zone. */
  private async batch(zone: string, requestId: string): Promise<number | null> {
    const spell = await speller();
    const done = await this.db.tx(systemActor(zone, requestId), async (tx) => {
      // One at a time in a zone: the bands are counted.
      if (!(await tx.row<{ mine: boolean }>(`select pg_try_advisory_xact_lock(hashtextextended('search ' || app_zone(), 0)) as mine`))!.mine) return null;
      const names = await tx.rows<Named>(TAKE, [BATCH]);
      await this.keep(tx, spell, names);
      return names.length;
    }, { cause: 'search', statementTimeoutMs: 120_000 });
    if (done) await this.db.tx(systemActor(NOWHERE, requestId), (tx) => tx.run('select search_settle()'), { statementTimeoutMs: 120_000 });
    return done;
  }

  private async keep(tx: Tx, spell: Speller, names: readonly Named[]): Promise<void> {
    await tx.run('delete from search_doc d using unnest($1::uuid[], $2::smallint[]) t (id, kind) where d.id = t.id and d.kind = t.kind', [names.map((n) => n.id), names.map((n) => n.kind)]);
    const spelled = names.flatMap((n) => {
      const name = n.name === null ? null : spell.spell(n.name.slice(0, LONGEST));
      return name?.folded ? [{ ...n, spelled: name, length: name.folded.length }] : [];
    });
    const bands = await this.bands(tx, spelled);
    const column = <T>(of: (n: (typeof spelled)[number], i: number) => T) => spelled.map(of);
    await tx.run(INSERT, [
      column((n) => n.kind), column((n) => n.id), column((_, i) => bands[i]!.id), column((n) => n.length), column((n) => n.spelled.folded), column((n) => ` ${n.spelled.syllables.join(' ')} `),
      column((n) => n.spelled.syllables.map((s) => s[0]).join('')), column((n) => `{${n.spelled.starts.join(',')}}`), column((n) => n.code?.toUpperCase() ?? null),
      column((n) => (n.kind === 2 ? (/(\d+)\D*$/.exec(n.code ?? '')?.[1]?.replace(/^0+(?=\d)/, '') ?? null) : null)), column((n) => (n.kind === 1 ? n.created_by : null)),
      column((n, i) => `{${Array.from(tokensOf(n.spelled), (token) => token ^ bands[i]!.mix).join(',')}}`),
    ]);
  }

  /** The band of each name: the newest of its kind and length as long as it has room. */
  private async bands(tx: Tx, names: readonly { kind: number; length: number }[]): Promise<{ id: number; mix: number }[]> {
    const open = new Map((await tx.rows<{ id: number; kind: number; length: number; docs: number; mix: number }>('select distinct on (kind, length) id, kind, length, docs, mix from search_band where zone_id = app_zone() order by kind, length, id desc'))
      .map((b) => [`${b.kind} ${b.length}`, b]));
    const changed = new Set<{ id: number; docs: number }>();
    const bands: { id: number; mix: number }[] = [];
    for (const { kind, length } of names) {
      const key = `${kind} ${length}`;
      let band = open.get(key);
      if (!band || band.docs >= BAND) {
        band = (await tx.row<{ id: number; kind: number; length: number; docs: number; mix: number }>('insert into search_band (zone_id, kind, length) values (app_zone(), $1, $2) returning id, kind, length, docs, mix', [kind, length]))!;
        open.set(key, band);
      }
      band.docs++;
      changed.add(band);
      bands.push(band);
    }
    const counts = [...changed];
    await tx.run('update search_band b set docs = t.docs from unnest($1::int[], $2::int[]) t (id, docs) where b.id = t.id', [counts.map((b) => b.id), counts.map((b) => b.docs)]);
    return bands;
  }
}

/** The oldest noted records with their names, taken off the list. */
const TAKE = `
  with taken as (delete from search_stale where zone_id = app_zone() and seq in (select seq from search_stale where zone_id = app_zone() order by seq limit $1) returning kind, id)
  select t.kind, t.id, coalesce(e.name, p.name, c.name) as name, coalesce(e.uscc, p.code) as code, e.created_by from (select distinct kind, id from taken) t
  left join enterprise e on t.kind = 1 and e.id = t.id left join project p on t.kind = 2 and p.id = t.id left join contact c on t.kind = 3 and c.id = t.id
  order by t.id`;
const INSERT = `
  insert into search_doc (zone_id, kind, id, band, length, folded, syllables, initials, starts, code, number, created_by, tokens)
  select app_zone(), t.kind, t.id, t.band, t.length, t.folded, t.syllables, t.initials, t.starts::smallint[], t.code, t.number, t.created_by, t.tokens::int[]
  from unnest($1::smallint[], $2::uuid[], $3::int[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::text[])
    t (kind, id, band, length, folded, syllables, initials, starts, code, number, created_by, tokens)`;
