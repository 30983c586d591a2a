import pg from 'pg';

/** What only the owner of the tables may do: sealing the audit, removing what has had its time. */
export class Upkeep {
  private readonly pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 1, application_name: 'yinfeng-upkeep' });
    this.pool.on('error', () => undefined); // The next statement takes a new connection and reports for itself.
  }

  /** Chains every audit entry of transactions that have ended; returns how many. */
  async sealAudit(): Promise<number> {
    for (let total = 0; ;) {
      const { rows } = await this.pool.query<{ sealed: string }>('select audit_seal() as sealed');
      const sealed = Number(rows[0]!.sealed);
      total += sealed;
      if (sealed === 0) return total;
    }
  }

  /** Removes idempotency keys after their 7 days, and sessions a day after their end. Returns the number of rows. */
  async clear(): Promise<number> {
    const keys = await this.pool.query("delete from idempotency_key where created_at < now() - interval '7 days'");
    const sessions = await this.pool.query("delete from session where expires_at < now() - interval '1 day'");
    return (keys.rowCount ?? 0) + (sessions.rowCount ?? 0);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
