import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, Refusal } from '@yinfeng/platform';

/** What a receipt turns out to be. Who holds none that is good learns nothing at all. */
export interface ReceiptCheck {
  state: 'GENUINE' | 'ALTERED' | 'UNKNOWN';
  number: string | null;
  reportedAt: Date | null;
  /** The reporter and unit as they were called then. */
  reporterName: string | null;
  departmentName: string | null;
  /** Place among all receipts of the zone, from 1, and how many there are. */
  position: number | null;
  total: number | null;
}
export interface BrokenReceipt {
  number: string | null;
  reason: string;
}

/** Receipts of first reports (domain.md A1 row 10): each hash goes over the report and over the receipt before it. */
@Injectable()
export class ReceiptsService {
  constructor(private readonly db: Database) {}

  /**
   * Whether a receipt that somebody shows is genuine: number and digest as printed on it. ALTERED: it was given out, and
   * the record behind it no longer says the same.
   * @throws Refusal INVALID when the digest is not 64 hexadecimal digits.
   */
  async verify(actor: Actor, number: string, digest: string): Promise<ReceiptCheck> {
    demand(actor, 'receipt.verify');
    const hash = digest.replace(/\s/g, '').toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new Refusal('INVALID', ['digest'], { field: '回执校验码', value: digest.slice(0, 70), expected: '回执上的 64 位校验码 / the 64 hexadecimal digits of the receipt' });
    const [row] = await this.db.read<{ same: boolean; number: string; reportedAt: Date; reporterName: string | null; departmentName: string | null; position: number; total: number }>(actor,
      `select k.hash = sha256(k.previous || receipt_content(r)) as same, k.number, r.reported_at as "reportedAt", r.reporter_name as "reporterName", (select name from department where id = r.department_id) as "departmentName",
         k.seq::int as position, (select seq::int from receipt_head) as total
       from receipt_link k join first_report r on r.project_id = k.project_id where k.number = $1 and k.hash = decode($2, 'hex')`, [number.trim(), hash]);
    if (!row) return { state: 'UNKNOWN', number: null, reportedAt: null, reporterName: null, departmentName: null, position: null, total: null };
    const { same, ...facts } = row;
    return { state: same ? 'GENUINE' : 'ALTERED', ...facts };
  }

  /** The first receipt of the zone that does not hold, or null. Reads all of them. */
  async verifyAll(zoneId: string): Promise<BrokenReceipt | null> {
    const [broken] = await this.db.shared<BrokenReceipt>('select number, reason from receipts_verify($1)', [zoneId]);
    return broken ?? null;
  }
}
