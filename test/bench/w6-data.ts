import { Clock, Database } from '@yinfeng/platform';
import { SearchIndex } from '@yinfeng/recruitment';
import pg from 'pg';
import { pinyin } from 'pinyin-pro';

const PLACES = ['长春', '长春市', '吉林', '吉林省', '北京', '上海', '深圳市', '武汉', '苏州', '杭州', '重庆', '沈阳', '', '', ''];
const OWN = [...'光华启明新宏达远中天恒信金海龙凤鑫盛泰安康宁博文智慧云星辰宇航瑞祥和顺通利丰源力德美嘉佳益民众诚正大成兴隆昌荣富强伟业建国东方南北西山川江河湖洋森林木石玉宝珠银铜铁钢'];
const TRADES = ['科技', '生物医药', '光电', '汽车零部件', '卫星应用', '新材料', '电子', '食品', '物流', '装备制造', '信息技术', '能源', '环保', '化工', '医疗器械', '软件', '农业', '文化传媒'];
const FORMS = ['有限公司', '有限公司', '有限公司', '有限责任公司', '股份有限公司', '科技有限公司', '集团有限公司', '集团', '研究院', '中心', '厂'];

/** Scatters a number; the same on every run. */
const scattered = (n: number, salt: number) => Math.imul((n + 1) ^ (salt * 0x9e3779b1), 0x85ebca6b) >>> 0;
const pick = <T>(list: readonly T[], n: number, salt: number): T => list[scattered(n, salt) % list.length]!;
const nameOf = (n: number) => `${pick(PLACES, n, 1)}${pick(OWN, n, 2)}${pick(OWN, n, 3)}${scattered(n, 4) % 3 === 0 ? pick(OWN, n, 5) : ''}${pick(TRADES, n, 6)}${pick(FORMS, n, 7)}`;

export const W6 = {
  zone: '00000000-0000-7000-8000-00000000006a',
  department: (n: number) => `00000000-0000-7000-8000-0000000d6${String(n).padStart(3, '0')}`,
  staff: (n: number) => `00000000-0000-7000-8000-000000f06${String(n).padStart(3, '0')}`,
  uscc: (n: number) => `91220101MA${scattered(n, 8).toString(36).toUpperCase().padStart(8, '0').slice(-8)}`,
  pinyin: (text: string) => pinyin(text, { toneType: 'none', type: 'array', v: true }).join(''),
  initials: (text: string) => pinyin(text, { toneType: 'none', type: 'array', v: true }).map((s) => s[0]).join(''),
};
const DEPARTMENTS = 12;

/** Names spread over the first `count` enterprises. */
export const namesAt = (count: number, many: number) => Array.from({ length: many }, (_, i) => nameOf(Math.floor((i * count) / many) + (i % 7))).filter((name) => name.length >= 8);

export async function buildNames(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`insert into zone (id, code, name) values ($1, 'W6', '测试区')`, [W6.zone]);
  for (let n = 1; n <= DEPARTMENTS; n++) await client.query(`insert into department (id, zone_id, name, path) values ($1, $2, $3, array[$1::uuid])`, [W6.department(n), W6.zone, `部门${n}`]);
  for (let n = 0; n < 3; n++) await client.query(`insert into staff (id, zone_id, name, role, email) values ($1, $2, $3, $4, $3 || '@w6')`, [W6.staff(n), W6.zone, `人员${n}`, ['LEADER', 'MANAGER', 'RECRUITER'][n]]);
  await client.end();
}

/** Enterprises from..to, every fifth with a project of a department, every tenth with a contact; the recruiter owns fifty in all. Books and the pipeline are off: names alone are measured. */
export async function addNames(ownerUrl: string, from: number, to: number): Promise<{ seconds: number; indexing: number }> {
  const client = new pg.Client({ connectionString: ownerUrl });
  // A failure of ours is told, not that of the connection after it.
  client.on('error', () => undefined);
  await client.connect();
  const started = performance.now();
  for (let at = from; at < to; at += 10_000) {
    const numbers = Array.from({ length: Math.min(10_000, to - at) }, (_, i) => at + i);
    await client.query('begin; set local session_replication_role = replica');
    const params = [W6.zone, numbers, numbers.map(nameOf), numbers.map(W6.uscc), numbers.map((n) => W6.department(1 + (n % DEPARTMENTS)))];
    await client.query(`insert into enterprise (id, zone_id, name, folded_name, core_name, uscc) select md5('w6e' || n)::uuid, $1, name, name, name, uscc from unnest($2::int[], $3::text[], $4::text[], $5::uuid[]) t (n, name, uscc, department) on conflict do nothing`, params);
    await client.query(`insert into project (id, zone_id, code, name, folded_name, core_name, stage, department_id, owner_id, enterprise_id, enterprise_name)
      select md5('w6p' || n)::uuid, $1, 'W6-2026-' || n, name, name, name, 'RESERVE', department, case when n % 2000 = 5 and n < 100000 then '${W6.staff(2)}'::uuid end, md5('w6e' || n)::uuid, name
      from (select n, '年产' || (n % 90 + 1) || '万套' || left(name, 8) || '项目' as name, department from unnest($2::int[], $3::text[], $4::text[], $5::uuid[]) t (n, name, uscc, department) where n % 5 = 0) t`, params);
    await client.query(`insert into project_enterprise (zone_id, project_id, enterprise_id) select $1, md5('w6p' || n)::uuid, md5('w6e' || n)::uuid from unnest($2::int[]) n where n % 5 = 0`, params.slice(0, 2));
    await client.query(`insert into contact (zone_id, enterprise_id, name, phones) select $1, md5('w6e' || n)::uuid, left(substr(name, 4), 3), array['139' || lpad((n::bigint * 7919 % 100000000)::text, 8, '0')] from unnest($2::int[], $3::text[]) t (n, name) where n % 10 = 0`, params.slice(0, 3));
    await client.query('commit');
  }
  const seconds = (performance.now() - started) / 1000;
  await client.query(`insert into search_stale (zone_id, kind, id) select zone_id, 1, id from enterprise e where not exists (select from search_doc d where d.id = e.id and d.kind = 1)
    union all select zone_id, 2, id from project e where not exists (select from search_doc d where d.id = e.id and d.kind = 2) union all select zone_id, 3, id from contact e where not exists (select from search_doc d where d.id = e.id and d.kind = 3)`);
  const begun = performance.now();
  const db = await new Database({ url: ownerUrl, poolSize: 2, statementTimeoutMs: 600_000 }, new Clock()).connect();
  const index = new SearchIndex(db);
  while (await index.catchUp('bench'));
  await db.onApplicationShutdown();
  const indexing = (performance.now() - begun) / 1000;
  await client.query('vacuum analyze');
  await client.end();
  return { seconds, indexing };
}
