import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, preparedName, Refusal, type Tx } from '@yinfeng/platform';
import { enterpriseVisibility, projectVisibility } from './projects.access.js';
import { beginningOf, bestMatch, bySound, conditionsOf, hash, type Match, matchesButOne, piecesOf, type Reading, readings, readingsButOne } from './search/readings.rules.js';
import { AMONG, CODES, found, PHONES, PROBE, TAIL, TAIL_BY_NAME } from './search/search.sql.js';
import { speller, type Speller, type Spelled } from './search/spelling.js';

/** What a hit was found by. */
export type Matched = 'NAME' | 'PINYIN' | 'PHONE' | 'USCC' | 'CODE' | 'CONTACT';
/** A record found by the one search box. */
export interface SearchHit {
  /** Global id. */
  id: string;
  type: 'Project' | 'Enterprise' | 'Contact';
  title: string;
  /** Code and stage of a project, credit code of an enterprise, title and masked phone of a contact. */
  detail: string | null;
  matched: Matched;
  /** Nothing matches as written; this does but for one error, or by sound. */
  approximate: boolean;
  /** Global id of what a contact leads to: its project, else its enterprise; otherwise the record itself. */
  opens: string;
}

/** A name out of search_doc or of the noted records, as rows give it. */
interface Doc { kind: number; id: string; folded: string; syllables: string; starts: number[]; code: string | null }
interface Noted { kind: number; id: string; name: string; code: string | null }
interface Candidate { kind: number; id: string; rank: number; length: number; matched: Matched; /** Found by another record's name: not compared with its own. */ through?: boolean }

const KIND = { enterprise: 1, project: 2, contact: 3 } as const;
/** So many names are looked at closely; a word that more have is common, and its best matches are asked for by rank. */
const ENOUGH = 200;
/** The same for who sees only a part of the zone, of which some may not be theirs. */
const ENOUGH_OF_A_PART = 600;
/** Who sees no more projects or enterprises than this has them gone through at once; who sees no more than that, where the common word was too common. */
const FEW = 500;
const MANY = 5_000;
/** Noted records that are spelled on the spot; older ones are compared as they are written. */
const NOTED = 300;
const REMEMBERED_NAMES = 5_000;
/** ms for which a person who was found to see more than FEW is not counted again. */
const REMEMBERED_REACH = 60_000;

@Injectable()
export class SearchService {
  private readonly remembered = new Map<string, Spelled>();
  /** Who sees more than FEW, and until when that is taken for granted: an order of steps, never a permission. */
  private readonly seesMany = new Map<string, number>();

  constructor(private readonly db: Database) {}

  /**
   * Enterprises, projects and contacts that the actor may see: by any part of a name, in characters, pinyin, initials or a
   * mixture; by a phone or its last four digits or more; by the beginning of a credit code or project code, or the number
   * in it. Whole names first, then beginnings, beginnings of words, the rest; then shorter, then newer. At most 50 hits.
   */
  async search(actor: Actor, text: string, first: number): Promise<SearchHit[]> {
    demand(actor, 'search.run');
    const wanted = text.trim();
    if (!wanted) return [];
    if (wanted.length > 100) throw new Refusal('TOO_LONG', ['text'], { field: 'text', max: 100 });
    if (!Number.isInteger(first) || first < 1 || first > 50) throw new Refusal('INVALID', ['first'], { field: 'first', value: first, expected: '1–50' });
    const kinds = [...(actor.permissions.has('enterprise.read') ? [KIND.enterprise] : []), ...(actor.permissions.has('project.read') ? [KIND.project] : []), ...(actor.permissions.has('contact.read') ? [KIND.contact] : [])];
    if (actor.reach === 'NONE' || kinds.length === 0) return [];
    const spell = await speller();
    return this.db.tx(actor, async (tx) => {
      const query = new NameQuery(spell, wanted);
      const [names, codes, phones, noted] = await Promise.all([
        query.ways.length ? this.named(tx, kinds, query.ways) : { whole: true, candidates: [] }, this.byCode(tx, wanted), kinds.includes(KIND.contact) ? this.byPhone(tx, wanted) : [], this.noted(tx, spell, query, wanted),
      ]);
      const show = (candidates: Candidate[]) => this.show(tx, kinds, [...codes, ...phones, ...candidates, ...noted], first, spell, { like: query.matches });
      let exact = await show(names.candidates);
      if (exact.length < first && !names.whole && actor.reach !== 'ZONE') {
        const docs = await this.among(tx, kinds, query.ways.map(conditionsOf), MANY);
        if (docs) exact = await show(matching(docs, query.matches));
      }
      if (exact.length > 0) return exact.length < first ? [...exact, ...(await this.ofFirms(tx, kinds, exact, first, spell))] : exact;
      return this.approximately(tx, kinds, query, spell, first);
    });
  }

  /**
   * Names that match, with all that is needed to put them in order. `whole`: there are no others in the zone; else these
   * are the best by rank.
   */
  private async named(tx: Tx, kinds: number[], ways: readonly Reading[]): Promise<{ whole: boolean; candidates: Candidate[] }> {
    const few = tx.actor.reach === 'ZONE' ? null : await this.among(tx, kinds, ways.map(conditionsOf), FEW);
    const { whole, docs } = few ? { whole: true, docs: few } : await this.docs(tx, kinds, ways);
    return { whole, candidates: matching(docs, (name) => bestMatch(ways, name)) };
  }

  private async docs(tx: Tx, kinds: number[], ways: readonly Reading[]): Promise<{ whole: boolean; docs: Doc[] }> {
    const enough = tx.actor.reach === 'ZONE' ? ENOUGH : ENOUGH_OF_A_PART;
    const shortest = Math.min(...ways.map((way) => way.length));
    const anywhere = ways.map((way) => ({ ...conditionsOf(way), tokens: piecesOf(way, 4).map(hash) }));
    const probe = (readings: object[], most: number) => tx.rows<Doc>(PROBE, [kinds, JSON.stringify(readings), shortest, most], 'search_probe');
    const found = await probe(anywhere, enough);
    if (found.length < enough) return { whole: true, docs: found };
    // A common word: more have it than were looked at, so what begins with it is asked for by itself.
    const beginning = (mark: string) => ways.map((way, i) => ({ ...anywhere[i]!, tokens: [hash(mark + beginningOf(way)), ...piecesOf(way, 2).map(hash)] }));
    const begun = await probe(beginning('^'), ENOUGH);
    const word = begun.length < ENOUGH ? await probe(beginning('|'), ENOUGH) : [];
    return { whole: false, docs: [...new Map([...begun, ...word, ...found].map((doc) => [`${doc.kind}${doc.id}`, doc])).values()] };
  }

  /** All that matches of what the actor may see, or null when that is too much to go through. */
  private async among(tx: Tx, kinds: number[], conditions: object[], few: number): Promise<Doc[] | null> {
    const { staffId, reach, departmentIds } = tx.actor;
    const who = `${staffId} ${reach} ${departmentIds.join()}`;
    if (few === FEW && (this.seesMany.get(who) ?? 0) > performance.now()) return null;
    const params: unknown[] = [few, kinds, JSON.stringify(conditions), ENOUGH_OF_A_PART];
    const sql = AMONG(projectVisibility(tx.actor, 'p', params));
    const rows = await tx.rows<Doc>(sql, params, preparedName(sql));
    if (rows[0]?.kind !== 0) return rows;
    if (this.seesMany.size >= REMEMBERED_NAMES) this.seesMany.clear();
    this.seesMany.set(who, performance.now() + REMEMBERED_REACH);
    return null;
  }

  private async byCode(tx: Tx, wanted: string): Promise<Candidate[]> {
    const code = wanted.normalize('NFKC').toUpperCase().replace(/\s/g, '');
    if (!/^[A-Z0-9][A-Z0-9-]*$/.test(code)) return [];
    const number = /^(?:\d{4}-)?0*(\d{1,9})$/.exec(code)?.[1] ?? null;
    const docs = await tx.rows<Doc>(CODES, [code.length >= 2 ? code : null, number, ENOUGH], 'search_codes');
    return docs.filter((doc) => doc.code!.startsWith(code) || doc.code!.endsWith(`-${code}`) || !code.includes('-'))
      .map((doc) => ({ kind: doc.kind, id: doc.id, rank: doc.code === code ? 0 : 1, length: doc.folded.length, matched: doc.kind === KIND.enterprise ? 'USCC' : 'CODE' }));
  }

  private async byPhone(tx: Tx, wanted: string): Promise<Candidate[]> {
    const plain = wanted.normalize('NFKC');
    if (!/^\+?[\d\s()-]+$/.test(plain)) return [];
    const digits = plain.replace(/\D/g, '').replace(/^86(?=1\d{10}$)/, '');
    if (digits.length < 4) return [];
    return (await tx.rows<{ id: string }>(PHONES, [digits, ENOUGH], 'search_phones')).map(({ id }) => ({ kind: KIND.contact, id, rank: digits.length >= 11 ? 0 : 1, length: 0, matched: 'PHONE' }));
  }

  /** Records whose names the job has not spelled yet. */
  private async noted(tx: Tx, spell: Speller, query: NameQuery, wanted: string): Promise<Candidate[]> {
    const newest = await tx.rows<Noted>(TAIL, [NOTED], 'search_tail');
    const older = newest.length < NOTED ? [] : await tx.rows<Noted>(TAIL_BY_NAME, [query.folded, ENOUGH], 'search_tail_by_name');
    const code = wanted.toUpperCase();
    return [...newest, ...older].flatMap((record) => {
      const match = query.ways.length ? bestMatch(query.ways, this.spelled(spell, record.name)) : null;
      if (match) return [candidate({ ...record, folded: record.name }, match)];
      if (code.length < 2 || !record.code) return [];
      const number = /^\d{1,9}$/.test(code) && record.kind === KIND.project && Number(/(\d+)\D*$/.exec(record.code)?.[1]) === Number(code);
      if (!number && !record.code.startsWith(code) && !(/^\d{4}-\d+$/.test(code) && record.code.endsWith(`-${code}`))) return [];
      return [{ kind: record.kind, id: record.id, rank: record.code === code ? 0 : 1, length: record.name.length, matched: record.kind === KIND.enterprise ? 'USCC' as const : 'CODE' as const }];
    });
  }

  /** Where there is room left: the newest projects of the enterprises that were found. */
  private async ofFirms(tx: Tx, kinds: number[], hits: SearchHit[], first: number, spell: Speller): Promise<SearchHit[]> {
    const firms = hits.filter((hit) => hit.type === 'Enterprise' && (hit.matched === 'NAME' || hit.matched === 'PINYIN'));
    if (firms.length === 0 || !kinds.includes(KIND.project)) return [];
    const shown = new Set(hits.map((hit) => hit.id));
    const matched = firms[0]!.matched;
    const rows = await tx.rows<{ id: string }>('select id from project where enterprise_id = any($1::uuid[]) order by id desc limit $2', [firms.map((hit) => hit.id.slice(11)), ENOUGH]);
    return this.show(tx, kinds, rows.filter(({ id }) => !shown.has(`Project:${id}`)).map(({ id }) => ({ kind: KIND.project, id, rank: 3, length: 0, matched, through: true })), first - hits.length, spell);
  }

  /** What matches by sound, else but for one error. */
  private async approximately(tx: Tx, kinds: number[], query: NameQuery, spell: Speller, first: number): Promise<SearchHit[]> {
    const { folded } = query;
    if (folded.length < 2 || !/\p{Script=Han}/u.test(folded)) return [];
    const sound = bySound(spell.spell(folded));
    const alike = (name: Spelled) => bestMatch([sound], name);
    const heard = await this.show(tx, kinds, [...(await this.named(tx, kinds, [sound])).candidates, ...(await this.notedLike(tx, spell, alike))], first, spell, { like: alike, approximate: true });
    if (heard.length > 0 || folded.length < 3 || folded.length > 12) return heard;
    const but = readingsButOne(folded).map((part) => ({ ...part, tokens: part.folded.flatMap((piece) => piecesOf([...piece].map((text) => ({ kind: 'char', text })), 2)).slice(0, 3).map(hash) }));
    const few = tx.actor.reach === 'ZONE' ? null : await this.among(tx, kinds, but, FEW);
    const docs = few ?? (await tx.rows<Doc>(PROBE, [kinds, JSON.stringify(but), folded.length - 1, ENOUGH_OF_A_PART], 'search_probe'));
    const like = (name: Spelled): Match | null => (matchesButOne(folded, name.folded) ? { rank: 3, by: 'NAME' } : null);
    return this.show(tx, kinds, [...matching(docs, like), ...(await this.notedLike(tx, spell, like))], first, spell, { like, approximate: true });
  }

  private async notedLike(tx: Tx, spell: Speller, like: (name: Spelled) => Match | null): Promise<Candidate[]> {
    return (await tx.rows<Noted>(TAIL, [NOTED], 'search_tail')).flatMap((record) => {
      const match = like(this.spelled(spell, record.name));
      return match ? [candidate({ ...record, folded: record.name }, match)] : [];
    });
  }

  /** Puts what was found in order and reads what the actor may see of it, until there is enough. */
  private async show(tx: Tx, kinds: number[], all: Candidate[], first: number, spell: Speller, { like, approximate = false }: { like?: (name: Spelled) => Match | null; approximate?: boolean } = {}): Promise<SearchHit[]> {
    if (all.length === 0) return [];
    const seen = new Set<string>();
    const ordered = all.filter((c) => kinds.includes(c.kind)).sort((a, b) => a.rank - b.rank || a.length - b.length || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)).filter((c) => !seen.has(c.id) && seen.add(c.id));
    const params: unknown[] = [ordered.map((c) => c.id), ordered.map((c) => c.kind), first];
    const sql = found({ project: projectVisibility(tx.actor, 'p', params), enterprise: enterpriseVisibility(tx.actor, 'e', params), ofContact: projectVisibility(tx.actor, 'cp', params), ofContactFirm: enterpriseVisibility(tx.actor, 'ce', params) });
    const rows = await tx.rows<{ ord: string; kind: number; id: string; title: string; detail: string | null; phone: string | null; opens: string }>(sql, params, preparedName(sql));
    return rows.flatMap((row) => {
      const { matched, through } = ordered[Number(row.ord) - 1]!;
      // A name that changed after it was spelled: the noted record speaks for it.
      if (like && !through && (matched === 'NAME' || matched === 'PINYIN') && !like(this.spelled(spell, row.title))) return [];
      const type = row.kind === KIND.enterprise ? 'Enterprise' : row.kind === KIND.project ? 'Project' : 'Contact';
      return [{
        id: `${type}:${row.id}`, type, title: row.title, detail: [row.detail, row.phone && masked(row.phone)].filter(Boolean).join(' · ') || null,
        matched: type === 'Contact' && matched !== 'PHONE' ? 'CONTACT' : matched, approximate, opens: row.opens,
      }];
    });
  }

  private spelled(spell: Speller, name: string): Spelled {
    let known = this.remembered.get(name);
    if (!known) {
      known = spell.spell(name);
      if (this.remembered.size >= REMEMBERED_NAMES) this.remembered.clear();
      this.remembered.set(name, known);
    }
    return known;
  }
}

/** A query as names are compared with it. */
class NameQuery {
  readonly folded: string;
  readonly ways: readonly Reading[];

  constructor(spell: Speller, text: string) {
    this.folded = spell.fold(text).folded;
    this.ways = readings(this.folded);
  }

  matches = (name: Spelled): Match | null => bestMatch(this.ways, name);
}

function spelledOf(doc: Doc): Spelled {
  return { folded: doc.folded, syllables: doc.syllables.trim().split(' '), starts: doc.starts };
}

function matching(docs: readonly Doc[], like: (name: Spelled) => Match | null): Candidate[] {
  return docs.flatMap((doc) => {
    const match = like(spelledOf(doc));
    return match ? [candidate(doc, match)] : [];
  });
}

function candidate(doc: { kind: number; id: string; folded: string }, match: Match): Candidate {
  return { kind: doc.kind, id: doc.id, rank: match.rank, length: doc.folded.length, matched: match.by };
}

/** 139****6789: enough to recognise, too little to dial. */
function masked(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length >= 7 ? `${digits.slice(0, 3)}****${digits.slice(-4)}` : `****${digits.slice(-2)}`;
}
