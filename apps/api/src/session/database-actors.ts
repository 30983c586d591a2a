import { Injectable } from '@nestjs/common';
import { tokenHash } from '@yinfeng/directory';
import { type Actor, Database, type Locale, type Role, staffActor } from '@yinfeng/platform';
import type { ActorSource } from './actor-source.js';

interface Row {
  via: 'session' | 'token';
  staff_id: string;
  zone_id: string;
  name: string;
  role: Role;
  locale: Locale;
  department_ids: string[];
  led_ids: string[];
  scopes: string[] | null;
}

/** Tokens looked up afresh for each request, so that a disabled person or a changed role takes effect on the next one. */
@Injectable()
export class DatabaseActors implements ActorSource {
  constructor(private readonly db: Database) {}

  async actorOf(token: string, requestId: string): Promise<Actor | null> {
    const [row] = await this.db.shared<Row>('select * from auth_actor($1)', [tokenHash(token)], 'auth_actor');
    if (!row) return null;
    return staffActor({
      via: row.via, zoneId: row.zone_id, staffId: row.staff_id, name: row.name, role: row.role, departmentIds: row.department_ids, ledDepartmentIds: row.led_ids, locale: row.locale, requestId, scopes: row.scopes,
    });
  }
}
