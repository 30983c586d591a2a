import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());

const link = async (projectId: string, parentId: string, kind: string, input: object = {}) => desk.act(desk.recruiter, 'projectLink', { projectId, parentId, kind, expectedVersion: await desk.version(projectId), ...input }, 'project { counted totalInvestment { amount } parentProject { kind project { id } } }');
const unlink = async (projectId: string, reason = '另签合同') => desk.act(desk.recruiter, 'projectUnlink', { projectId, reason, expectedVersion: await desk.version(projectId) }, 'project { counted parentProject { kind } }');
/** Stock and flow of a stage by figure and by the list behind it, in the recruiter's zone, as the zone's leader sees them. */
const signed = async (asOf?: string) => {
  const fields = 'count totalInvestment projects(first: 200) { totalCount nodes { id } }';
  const { data } = await desk.api.gql(desk.leader, `{ pipeline${asOf ? `(asOf: "${asOf}")` : ''} { stages { stage ${fields} } } pipelineFlow(from: "2026-01-01", to: "2026-12-31") { signed { ${fields} } } }`);
  const stock = data.pipeline.stages.find((s: { stage: string }) => s.stage === 'SIGNED');
  const flow = data.pipelineFlow.signed;
  for (const figure of [stock, flow]) expect([figure.projects.totalCount, figure.projects.nodes.length]).toEqual([figure.count, figure.count]);
  return { stock: [stock.count, stock.totalInvestment], flow: [flow.count, flow.totalInvestment] };
};
const milestone = async (id: string) => desk.t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, entered_at, approved_at) values ($1, $2, 'SIGNED', '2026-06-01', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z')`, [desk.zone.id, id.split(':')[1]]);

describe('phases and expansions', () => {
  it('count once: figure = list = stock = flow, from the link on; what was told of the past stays', async () => {
    const first = await desk.project({ stage: 'SIGNED', total: '1000000000' });
    const second = await desk.project({ stage: 'SIGNED', total: '400000000' });
    for (const id of [first, second]) await milestone(id);
    expect(await signed()).toEqual({ stock: [2, '1400000000'], flow: [2, '1400000000'] });
    expect((await link(second, first, 'PHASE_OF')).project).toMatchObject({ counted: false, parentProject: { kind: 'PHASE_OF', project: { id: first } } });
    expect(await signed()).toEqual({ stock: [1, '1000000000'], flow: [1, '1000000000'] });
    expect((await signed('2026-06-10T00:00:00+08:00')).stock).toEqual([2, '1400000000']);
    expect(await desk.see(desk.recruiter, first, 'counted phases { kind project { id } }')).toEqual({ counted: true, phases: [{ kind: 'PHASE_OF', project: { id: second } }] });
    // Whatever happens to the phase meanwhile is in no figure, and it enters again where it stands when the link ends.
    await desk.act(desk.recruiter, 'projectAmountSet', { projectId: second, expectedVersion: await desk.version(second), kind: 'TOTAL', money: { raw: '5亿元' } });
    expect((await signed()).stock).toEqual([1, '1000000000']);
    expect((await unlink(second)).project).toEqual({ counted: true, parentProject: null });
    expect(await signed()).toEqual({ stock: [2, '1500000000'], flow: [2, '1500000000'] });
    const { rows } = await desk.t.owner.query<{ n: number; cny: string }>(`select sum(delta)::int as n, trim_scale(sum(cny))::text as cny from pipeline_movement where project_id = $1`, [second.split(':')[1]]);
    expect(rows).toEqual([{ n: 1, cny: '500000000' }]);
    await desk.t.owner.query('select pipeline_refold()');
    expect((await signed()).stock).toEqual([2, '1500000000']);
  });

  it('a correction that reaches back tells the past of a phase, not what came after its link', async () => {
    const id = await desk.project({ stage: 'NEGOTIATING', total: '300000000' });
    await link(id, await desk.project({ stage: 'SIGNED', total: '900000000' }), 'PHASE_OF');
    await desk.t.owner.query(`update project set prior_states = '[{"stage":"RESERVE","status":"ACTIVE","at":"2026-05-01T00:00:00Z"}]' where id = $1`, [id.split(':')[1]]);
    const standing = async (at: string) => (await desk.t.owner.query<{ stage: string }>(`select stage from pipeline_movement where project_id = $1 and at <= $2 group by stage having sum(delta) > 0`, [id.split(':')[1], at])).rows.map((r) => r.stage);
    expect([await standing('2026-05-10T00:00:00Z'), await standing('2026-06-10T00:00:00Z'), await standing('2026-07-01T00:00:00Z')]).toEqual([['RESERVE'], ['NEGOTIATING'], []]);
    await desk.t.owner.query(`update project set status = 'SUSPENDED', state_at = '2026-06-16T00:00:00Z' where id = $1`, [id.split(':')[1]]);
    await desk.t.owner.query(`update project set status = 'ACTIVE', state_at = '2026-06-17T00:00:00Z' where id = $1`, [id.split(':')[1]]);
    expect(await standing('2026-07-01T00:00:00Z')).toEqual([]);
  });

  it('an expansion counts with its increment: reduced when it was told with the original in it, warned of otherwise', async () => {
    const original = await desk.project({ total: '500000000' });
    const told = await desk.project({ total: '800000000' });
    const codesOf = async (id: string) => (await desk.see(desk.recruiter, id, 'warnings { code }')).warnings.map((w: { code: string }) => w.code);
    expect((await link(told, original, 'EXPANSION_OF')).project.counted).toBe(true);
    expect(await codesOf(told)).toEqual(['EXPANSION_INCLUDES_PARENT']);
    const reduced = await desk.project({ total: '800000000' });
    expect((await link(reduced, original, 'EXPANSION_OF', { cumulative: true })).project).toMatchObject({ counted: true, totalInvestment: { amount: '300000000' } });
    expect(await codesOf(reduced)).toEqual([]);
    expect(codes(await link(await desk.project({ total: '500000000' }), original, 'EXPANSION_OF', { cumulative: true }))).toEqual([['INVALID', 'cumulative']]);
  });

  it('make no circle, no second parent, no bridge between zones; two links at once do not either', async () => {
    const [a, b, c] = [await desk.project(), await desk.project(), await desk.project()];
    await link(b, a, 'PHASE_OF');
    await link(c, b, 'PHASE_OF');
    expect(codes(await link(a, c, 'PHASE_OF'))).toEqual([['LINK_CYCLE', 'parentId']]);
    expect(codes(await link(a, a, 'PHASE_OF'))).toEqual([['LINK_CYCLE', 'parentId']]);
    expect(codes(await link(b, c, 'PHASE_OF'))).toEqual([['LINK_EXISTS', 'projectId']]);
    expect(codes(await link(a, b, 'PHASE_OF', { expectedVersion: 99 }))).toEqual([['CONFLICT', 'expectedVersion']]);
    expect(codes(await unlink(a))).toEqual([['LINK_MISSING', 'projectId']]);
    expect(codes(await unlink(b, ' '))).toEqual([['REASON_REQUIRED', 'reason']]);
    const foreign = await desk.project({ owner: desk.other.as.RECRUITER, departmentId: desk.other.departments.group });
    expect(await desk.refused(desk.recruiter, 'projectLink', { projectId: a, parentId: foreign, kind: 'PHASE_OF', expectedVersion: 1 })).toBe('NOT_FOUND');
    expect(await desk.refused(desk.leader, 'projectLink', { projectId: a, parentId: b, kind: 'PHASE_OF', expectedVersion: 1 })).toBe('FORBIDDEN');
    await expect(desk.t.owner.query(`insert into project_link (zone_id, project_id, parent_id, kind) values ($1, $2, $3, 'PHASE_OF')`, [desk.zone.id, a.split(':')[1], c.split(':')[1]])).rejects.toMatchObject({ constraint: 'project_link_circle' });
    const [x, y] = [await desk.project(), await desk.project()];
    const both = await Promise.all([link(x, y, 'PHASE_OF'), link(y, x, 'PHASE_OF')]);
    expect(both.filter((r) => r.userErrors.length === 0)).toHaveLength(1);
    // A project that is linked does not vanish into another one before its links end.
    const preview = async (survivorId: string, otherId: string) => (await desk.api.gql(desk.manager, `{ mergePreview(kind: PROJECT, survivorId: "${survivorId}", otherId: "${otherId}") { blockers } }`)).data.mergePreview.blockers;
    const free = await desk.project();
    expect([await preview(free, c), await preview(a, free)]).toEqual([['被合并的项目有关联的分期或扩产项目，请先解除关联'], []]);
    // Who may not see the other project is told nothing of it.
    const hidden = await desk.project({ owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau });
    await desk.t.owner.query(`insert into project_link (zone_id, project_id, parent_id, kind) values ($1, $2, $3, 'EXPANSION_OF')`, [desk.zone.id, hidden.split(':')[1], a.split(':')[1]]);
    expect((await desk.see(desk.recruiter, a, 'phases { project { id } }')).phases.map((p: { project: { id: string } }) => p.project.id)).toEqual([b]);
    expect((await desk.see(desk.zone.stranger, hidden, 'parentProject { kind }')).parentProject).toBeNull();
  });
});
