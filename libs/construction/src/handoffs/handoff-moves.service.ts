import { Injectable } from '@nestjs/common';
import type { Tx } from '@yinfeng/platform';
import type { ProjectRow } from '@yinfeng/recruitment';
import { RemindersService, type ReminderKind } from '@yinfeng/reminders';
import type { AcceptedHandoff, HandoffListener } from './handoff-accepted.js';
import { HandoffPackagesService } from './handoff-packages.service.js';

/** What is open moves over with its history: reminders of promises go to who accepted, the promises themselves to the department. */
@Injectable()
export class HandoffMovesService implements HandoffListener {
  constructor(private readonly reminders: RemindersService, private readonly packages: HandoffPackagesService) {}

  async handoffAccepted(tx: Tx, project: ProjectRow, handoff: AcceptedHandoff): Promise<void> {
    const { followUps } = await this.packages.policy(tx);
    const kinds: ReminderKind[] = followUps === 'MOVE' ? ['COMMITMENT', 'FOLLOW_UP'] : ['COMMITMENT'];
    const held = await tx.rows<{ id: string }>(`select distinct recipient_id as id from reminder where project_id = $1 and kind = any($2::text[]) and state in ('PLANNED', 'DELIVERED') and recipient_id <> $3 order by 1`, [project.id, kinds, handoff.acceptedBy]);
    for (const { id } of held) await this.reminders.handOver(tx, { projectId: project.id, fromId: id, toId: handoff.acceptedBy, kind: kinds });
    // Whoever holds an older version of a promise has read nothing that is different now: its version stays.
    await tx.run(`update commitment set department_id = $2 where project_id = $1 and state = 'OPEN' and department_id is distinct from $2`, [project.id, handoff.toDepartmentId]);
  }
}
