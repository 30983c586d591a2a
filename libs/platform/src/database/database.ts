import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type QueryDeepPartialEntity } from 'typeorm';
import type { Actor } from '../actor/actor.js';
import { Refusal } from '../actor/refusal.js';
import type { MessageKey } from '../messages/messages.js';
import { Clock } from './clock.js';
import { registeredEntities } from './entities.js';
import { SnakeNaming } from './naming.js';

// A day is a day: never a JS Date, which would be read in the machine's own time zone.
pg.types.setTypeParser(pg.types.builtins.DATE, (day) => day);

export const DATABASE_OPTIONS = Symbol('DatabaseOptions');
export interface DatabaseOptions {
  url: string;
  /** Connections; about twice the cores serves best (performance.md, W1). */
  poolSize: number;
  /** Longest statement in ms; jobs that need more set it for their transaction. */
  statementTimeoutMs: number;
}

declare const inTransaction: unique symbol;

/** An open transaction of one actor. A method that takes a Tx joins it and never opens another. */
export interface Tx {
  readonly [inTransaction]: true;
  readonly actor: Actor;
  /** Rows of one statement. With a name the statement is prepared once per connection. */
  rows<Row extends object>(sql: string, params?: unknown[], name?: string): Promise<Row[]>;
  /** The first row or undefined. */
  row<Row extends object>(sql: string, params?: unknown[], name?: string): Promise<Row | undefined>;
  /** Number of rows that a statement wrote. */
  run(sql: string, params?: unknown[], name?: string): Promise<number>;
  /** Single-row insert of an entity. */
  insert<E extends ObjectLiteral>(entity: EntityTarget<E>, values: QueryDeepPartialEntity<E>): Promise<void>;
  readonly manager: EntityManager;
}

const BEGIN = { name: 'tx_actor', text: "select set_config('app.zone_id',$1,true),set_config('app.staff_id',$2,true),set_config('app.request_id',$3,true),set_config('app.cause',$4,true),set_config('app.now',$5,true)" };

/**
 * The one way to the data. Connections take the role yinfeng_app at start-up, which cannot bypass row-level security;
 * each transaction carries its zone, actor and request, and without them no row of a zone is visible.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly dataSource: DataSource;

  constructor(
    @Inject(DATABASE_OPTIONS) private readonly options: DatabaseOptions,
    private readonly clock: Clock,
  ) {
    this.dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      entities: registeredEntities(),
      namingStrategy: new SnakeNaming(),
      synchronize: false,
      poolSize: options.poolSize,
      applicationName: 'yinfeng',
      // Pipelining sends BEGIN, the actor and the first statement in one round trip.
      extra: { pipeline: true, max: options.poolSize, options: `-c role=yinfeng_app -c statement_timeout=${options.statementTimeoutMs} -c jit=off -c timezone=UTC -c datestyle=ISO` },
    });
  }

  /** Connects once; safe to call from every edge. */
  async connect(): Promise<this> {
    if (this.dataSource.isInitialized) return this;
    await this.dataSource.initialize();
    // An `options=` in the URL, or a pooler that drops start-up options, would let us run as the owner, past the walls.
    const [who] = await this.shared<{ name: string }>('select current_user as name');
    if (who?.name !== 'yinfeng_app') {
      await this.dataSource.destroy();
      throw new Error(`DATABASE_URL: connections run as "${who?.name}", not as "yinfeng_app". Take "options=" out of the URL, and any pooler that drops start-up options out of the way.`);
    }
    return this;
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** Runs the work in one transaction of the actor and commits it; any error rolls all of it back. */
  async tx<T>(actor: Actor, work: (tx: Tx) => Promise<T>, options: { cause?: string; statementTimeoutMs?: number } = {}): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as pg.PoolClient;
    try {
      // TypeORM must not open a transaction of its own inside ours.
      (runner as { isTransactionActive: boolean }).isTransactionActive = true;
      // Not awaited one by one: both travel with the first statements of the work, in one write to the socket.
      const [begun, working] = inOneWrite(client, () => {
        const begin = [client.query('BEGIN'), this.setActor(client, actor, options.cause ?? '')];
        if (options.statementTimeoutMs !== undefined) begin.push(client.query(`set local statement_timeout = ${Math.floor(options.statementTimeoutMs)}`));
        return [Promise.all(begin), work(transaction(client, actor, () => runner.manager))] as const;
      });
      begun.catch(() => undefined);
      const result = await working;
      await begun;
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw refusalIn(error) ?? error;
    } finally {
      (runner as { isTransactionActive: boolean }).isTransactionActive = false;
      await runner.release();
    }
  }

  /** One reading statement behind the wall of the actor's zone, in a single round trip. */
  async read<Row extends object>(actor: Actor, sql: string, params: unknown[] = [], name?: string): Promise<Row[]> {
    const client = await this.connections().connect();
    try {
      const [, , result] = await inOneWrite(client, () => Promise.all([
        client.query('BEGIN READ ONLY'),
        this.setActor(client, actor, ''),
        client.query<Row>(name ? { name, text: sql, values: params } : { text: sql, values: params }),
        client.query('COMMIT'),
      ]));
      return result.rows;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** A statement outside any zone: shared tables and the few functions that look before the zone is known. */
  async shared<Row extends object>(sql: string, params: unknown[] = [], name?: string): Promise<Row[]> {
    return (await this.connections().query<Row>(name ? { name, text: sql, values: params } : { text: sql, values: params })).rows;
  }

  /**
   * A whole act in one statement, one round trip and one commit: a function that sets its actor itself and names the zone
   * in all it does (visit_log). Whatever it raises has left nothing behind.
   */
  async act(sql: string, params: unknown[], name: string): Promise<void> {
    try {
      await this.connections().query({ name, text: sql, values: params });
    } catch (error) {
      throw refusalIn(error) ?? error;
    }
  }

  /** The moment that a test has pinned, as the database wants it in app.now; '' when time runs. */
  pinnedNow(): string {
    return this.clock.pinned()?.toISOString() ?? '';
  }

  /** Connections of this process: all, idle, and how many requests wait for one. */
  pool(): { total: number; idle: number; waiting: number } {
    const pool = (this.dataSource.driver as unknown as { master?: pg.Pool }).master;
    return { total: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 };
  }

  /**
   * A transaction on a connection of its own, for COPY and for work of minutes (imports). No statement limit.
   */
  async dedicated<T>(actor: Actor, work: (tx: Tx, client: pg.Client) => Promise<T>, cause = ''): Promise<T> {
    const client = new pg.Client({ connectionString: this.options.url, application_name: 'yinfeng-bulk', options: '-c role=yinfeng_app -c jit=off' });
    await client.connect();
    try {
      await client.query('BEGIN');
      await this.setActor(client, actor, cause);
      const result = await work(transaction(client, actor, () => { throw new Error('a dedicated transaction has no entity manager: write SQL'); }), client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await client.end();
    }
  }

  private connections(): pg.Pool {
    return (this.dataSource.driver as unknown as { master: pg.Pool }).master;
  }

  private setActor(client: pg.ClientBase, actor: Actor, cause: string): Promise<unknown> {
    return client.query({ ...BEGIN, values: [actor.zoneId, actor.staffId ?? '', actor.requestId, cause, this.pinnedNow()] });
  }
}

/** What a function of the database refused by refuse(code, path, params), or null. */
function refusalIn(error: unknown): Refusal | null {
  const { code, message, detail } = error as { code?: string; message: string; detail?: string };
  if (code !== 'YF001' || detail === undefined) return null;
  const { path, params } = JSON.parse(detail) as { path: string[]; params: Record<string, string | number> };
  return new Refusal(message as MessageKey, path, params);
}

/** What the work sends before it first waits leaves in one write: a system call each costs more than the statements. */
function inOneWrite<T>(client: pg.ClientBase, work: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection;
  stream.cork();
  try {
    return work();
  } finally {
    stream.uncork();
  }
}

function transaction(client: pg.ClientBase, actor: Actor, manager: () => EntityManager): Tx {
  const query = <Row extends object>(sql: string, params: unknown[], name?: string) =>
    client.query<Row>(name ? { name, text: sql, values: params } : { text: sql, values: params });
  const tx: Omit<Tx, typeof inTransaction> = {
    actor,
    rows: async <Row extends object>(sql: string, params: unknown[] = [], name?: string) => (await query<Row>(sql, params, name)).rows,
    row: async <Row extends object>(sql: string, params: unknown[] = [], name?: string) => (await query<Row>(sql, params, name)).rows[0],
    run: async (sql, params = [], name) => (await query(sql, params, name)).rowCount ?? 0,
    insert: async (entity, values) => void (await manager().insert(entity, values)),
    get manager() { return manager(); },
  };
  return tx as Tx;
}
