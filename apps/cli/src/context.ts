import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { loadReferenceData, seedDemo, ZonesService } from '@yinfeng/directory';
import { type Actor, Clock, type Config, Database, type EmbeddedPostgres, FileStore, type Locale, migrate, migrateJobs, readConfig, startEmbedded, systemActor } from '@yinfeng/platform';
import pg from 'pg';
import { EXIT } from './answers.js';

/** Longest statement of a command, ms: an operator may wait, but not for ever. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000;

/** What surrounds a command: a terminal and its environment, or a test. */
export interface Surroundings {
  /** Standard output: the answer's alone. */
  out: (text: string) => void;
  err: (text: string) => void;
  /** All of standard input. */
  input: () => string;
  env: Record<string, string | undefined>;
}

/**
 * What a command works with. Nothing is connected before it is asked for, so that `--help` and wrong use need no
 * database; close() leaves everything as it was found.
 */
export class CommandContext {
  readonly clock = new Clock();
  readonly requestId = `cli-${randomUUID()}`;
  /** Of a command that ran through: one that has found something wrong says so by it. */
  exitCode: number = EXIT.done;
  private settings?: Config;
  private embedded?: EmbeddedPostgres;
  private prepared?: { migrations: string[]; referenceData: boolean };
  private url?: Promise<string>;
  private database?: Promise<Database>;

  constructor(
    /** Whether the answer is one JSON object. */
    readonly json: boolean,
    private readonly around: Surroundings,
  ) {}

  /** @throws ConfigError. */
  get config(): Config {
    return (this.settings ??= readConfig(this.around.env));
  }

  /** Language of sentences on the terminal: English where the system speaks it, else Chinese. */
  get locale(): Locale {
    return /^en/i.test(this.around.env.LC_ALL || this.around.env.LC_MESSAGES || this.around.env.LANG || '') ? 'en' : 'zh';
  }

  get filesFolder(): string {
    return join(this.config.dataDir, 'files');
  }

  /** The stored files. */
  get files(): FileStore {
    return FileStore.of(this.config);
  }

  /** The outcome, once: with --json the object, else the text. */
  answer(result: object, text: string): void {
    this.print(this.json, result, () => text);
  }

  /** The same for a command that reads --json itself and whose text takes some making. */
  print(json: boolean, result: object, text: () => string): void {
    this.around.out(json ? `${JSON.stringify(result)}\n` : `${text()}\n`);
  }

  /** A line for the person who waits; never on standard output. */
  notice(line: string): void {
    this.around.err(`${line}\n`);
  }

  /** What was typed or piped in, without the line break at its end. */
  input(): string {
    return this.around.input().replace(/\r?\n$/, '');
  }

  /**
   * Owner's URL of DATABASE_URL or of the embedded database, which is joined when it runs and else started for the time
   * of this command. The embedded one is brought to the present schema; a server of one's own by `migrate` alone.
   */
  ownerUrl(): Promise<string> {
    return (this.url ??= this.open());
  }

  /** The database as the application sees it, behind its walls. */
  db(): Promise<Database> {
    return (this.database ??= this.ownerUrl().then((url) => new Database({ url, poolSize: 4, statementTimeoutMs: STATEMENT_TIMEOUT_MS }, this.clock).connect()));
  }

  /** The system as it acts in a zone: the named one, or the only one, or DEMO. @throws Refusal NOT_FOUND. */
  async zoneActor(code?: string): Promise<Actor> {
    const db = await this.db();
    // As the first `npm start` would: a demo zone where there is none at all.
    if (this.embedded && this.config.demo && (await db.shared('select 1 from zone_find(null) limit 1')).length === 0) await seedDemo(await this.ownerUrl());
    const zone = await new ZonesService(db).find(code ?? null);
    return { ...systemActor(zone.id, this.requestId), locale: this.locale };
  }

  /** Work as the system of a zone: see zoneActor. */
  async inZone<T>(code: string | undefined, work: (db: Database, actor: Actor) => Promise<T>): Promise<T> {
    return work(await this.db(), await this.zoneActor(code));
  }

  /** Work on a connection of the database's owner: for what lies outside the zones. */
  async asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: await this.ownerUrl(), application_name: 'yinfeng-cli' });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Leaves every connection; an embedded server that nobody else uses stops. */
  async close(): Promise<void> {
    await this.database?.then((db) => db.onApplicationShutdown(), () => undefined);
    await this.url?.catch(() => undefined);
    await this.embedded?.stop();
  }

  /** Schema, jobs and reference data of this version; what had to be done. */
  async bringUp(): Promise<{ migrations: string[]; referenceData: boolean }> {
    const url = await this.ownerUrl();
    return this.prepared ?? prepare(url);
  }

  private async open(): Promise<string> {
    const { databaseUrl, dataDir } = this.config;
    if (databaseUrl !== null) return databaseUrl;
    this.embedded = await startEmbedded({ folder: join(dataDir, 'postgres'), notice: (line) => this.notice(line) });
    this.prepared = await prepare(this.embedded.url);
    return this.embedded.url;
  }
}

async function prepare(url: string): Promise<{ migrations: string[]; referenceData: boolean }> {
  const migrations = await migrate(url);
  await migrateJobs(url);
  return { migrations, referenceData: await loadReferenceData(url) };
}
