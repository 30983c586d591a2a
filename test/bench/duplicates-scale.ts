import 'reflect-metadata';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { loadReferenceData, PolicyService } from '@yinfeng/directory';
import { coreName, foldName } from '@yinfeng/enterprises';
import { Clock, Database, migrate, newId, systemActor } from '@yinfeng/platform';
import { DuplicatesService, type DuplicateCheck } from '@yinfeng/recruitment';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { startEmbedded } from '../../libs/platform/src/embedded/embedded-postgres.js';
import { cpuOfServer, postmasterOf, table } from './measure.js';

/**
 * The duplicate check at a million enterprises and a million projects, by hand:
 * `node scripts/build.mjs && node dist/test/bench/duplicates-scale.js [number]`. Names are made of 400 letters of brands, 60
 * products, 40 regions and the usual wrapping, the common ones most often, as ledgers have them.
 */
const size = Number(process.argv[2] ?? 1_000_000);
const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

let state = 20261121;
const roll = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
/** The first ones come most often. */
const common = <T>(list: readonly T[]): T => list[Math.floor(list.length * (roll(1 << 20) / (1 << 20)) ** 2)]!;
const BRAND = [...'华中新东金海天德盛宏泰恒瑞康安信达科远大明光创智联汇通利丰源润嘉美佳隆兴旺顺祥和润泽鑫鹏龙凤凯博润宇航星辰云晨曦朗亿百万千峰岭山川江河湖洋波涛浩瀚清澈蓝翠青绿红紫玉珠宝石钻晶银铂铜铁钢锐利剑锋芒毅勇力强健壮伟雄威震邦国家民众生物医药农牧渔林木森松柏梅兰竹菊荷莲桂枫桐杨柳翀荻弈珩璞瑜霁岱澜芃晟熠骁宸翎湛昱朔擎谦彧楷铄竑炜煜钧'];
const TRADE = ['科技', '新材料', '电子', '生物', '智能装备', '新能源', '食品', '医药', '信息技术', '机械', '光电', '环保', '化工', '汽车零部件', '半导体', '物流', '农业', '建材', '纺织', '文化'];
const PRODUCT = ['激光雷达', '新能源汽车零部件', '锂电池', '光伏组件', '智能制造', '生物医药', '精密机械', '冷链物流', '数据中心', '电子元器件', '碳纤维', '半导体封装', '医疗器械', '食品加工', '新型建材', '储能', '机器人', '无人机', '航空航天', '卫星载荷',
  '齿科材料', '疫苗', '光掩模', '石墨电极', '数字孪生', '预制菜', '中药饮片', '轨道交通装备', '氢能', '风电叶片', '芯片设计', '显示面板', '传感器', '工业软件', '跨境电商', '文旅综合体', '养老康养', '种业', '饲料', '宠物食品',
  '特种钢材', '铝型材', '铜箔', '电解液', '隔膜', '正极材料', '负极材料', '充电桩', '智能家居', '服装', '家具', '造纸', '包装', '印刷', '玩具', '陶瓷', '玻璃', '橡胶制品', '塑料制品', '日化'];
const REGION = ['长春', '吉林', '北京', '上海', '深圳', '广东', '江苏', '苏州', '浙江', '杭州', '宁波', '山东', '青岛', '武汉', '湖北', '四川', '成都', '重庆', '天津', '西安', '沈阳', '大连', '哈尔滨', '合肥', '南京', '无锡', '常州', '厦门', '福建', '湖南', '长沙', '郑州', '河南', '河北', '广州', '东莞', '佛山', '珠海', '昆明', '贵州'];
const WRAP = ['项目', '产业化项目', '生产基地项目', '产业园项目', '建设项目', '研发中心', '扩建项目', '', '年产10万套项目', '二期项目'];

interface Firm { id: string; name: string; brand: string }
function firm(n: number): Firm {
  const brand = Array.from({ length: 2 + (roll(5) === 0 ? 1 : 0) }, () => common(BRAND)).join('');
  const middle = roll(4) === 0 ? String(n).replace(/\d/g, (d) => '零一二三四五六七八九'[Number(d)]!).slice(-3) : '';
  return { id: uuid('e', n), brand: brand + middle, name: `${common(REGION)}${brand}${middle}${common(TRADE)}${roll(3) ? '有限公司' : '股份有限公司'}` };
}
const uuid = (kind: string, n: number) => `0190${kind === 'e' ? 'e' : 'a'}000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

const folder = mkdtempSync(join(tmpdir(), 'yinfeng-duplicates-'));
// Started by root, the database runs as somebody else: it has to reach its folder, or keeps its data outside, where nobody removes it.
chmodSync(folder, 0o755);
const server = await startEmbedded({ folder: join(folder, 'postgres') });
try {
  await migrate(server.url);
  await loadReferenceData(server.url);
  const owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  const zone = newId();
  await owner.query('insert into zone (id, code, name) values ($1, $2, $3)', [zone, 'DUP', '查重']);
  await owner.query('set session_replication_role = replica');
  const copy = async (into: string, rows: () => Generator<string>) => {
    const start = performance.now();
    await pipeline(Readable.from(rows()), owner.query(copyFrom(`copy ${into} from stdin`)));
    say(`${into.split(' ')[0]}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  };
  const firms: Firm[] = [];
  const projects: { name: string; core: string }[] = [];
  await copy('enterprise (id, zone_id, name, folded_name, core_name, uscc, parent_id)', function* () {
    for (let n = 0; n < size; n++) {
      const f = firm(n);
      firms.push(f);
      yield `${f.id}\t${zone}\t${f.name}\t${foldName(f.name)}\t${coreName(f.name)}\t9122${String(n).padStart(14, '0')}\t${n % 50 === 7 ? uuid('e', Math.floor(n / 5000) * 100) : '\\N'}\n`;
    }
  });
  await copy('project (id, zone_id, code, name, folded_name, core_name, enterprise_id, enterprise_name, total_amount, parcel)', function* () {
    for (let n = 0; n < size; n++) {
      const f = firms[roll(20) ? n : roll(size)]!;
      const name = `${roll(2) ? '' : common(REGION)}${roll(6) ? f.brand : ''}${common(PRODUCT)}${common(WRAP)}`;
      projects.push({ name, core: coreName(name) });
      yield `${uuid('p', n)}\t${zone}\tDUP-${n}\t${name}\t${foldName(name)}\t${coreName(name)}\t${f.id}\t${f.name}\t${(1 + roll(900)) * 1_000_000}\t${roll(10) ? '\\N' : `长新-2026-${roll(size)}号`}\n`;
    }
  });
  await owner.query(`insert into project_enterprise (zone_id, project_id, enterprise_id) select zone_id, id, enterprise_id from project`);
  await owner.query(`insert into contact (zone_id, enterprise_id, name, phones) select zone_id, id, '周总', array[case when n % 100 = 0 then '13800000000' else (13100000000 + n)::text end] from (select zone_id, id, row_number() over () as n from enterprise) e`);
  await owner.query('set session_replication_role = origin');
  await owner.query('vacuum analyze');
  const { rows: sizes } = await owner.query<{ name: string; size: string }>(`select relname as name, pg_size_pretty(pg_relation_size(oid)) as size from pg_class where relname in ('project', 'project_core_letters', 'contact_phone_tails')`);
  console.log(table('Sizes', sizes));

  const clock = new Clock();
  const db = await new Database({ url: server.url, poolSize: 4, statementTimeoutMs: 60_000 }, clock).connect();
  const service = new DuplicatesService(db, new PolicyService(db, clock), clock);
  const actor = systemActor(zone, 'bench');
  const some = (n: number) => Array.from({ length: n }, () => roll(size));
  const rare = (text: string) => text.slice(0, -1) + '赟';
  const classes: Record<string, DuplicateCheck[]> = {
    'whole name, its firm': some(150).map((n) => ({ name: projects[n]!.name, enterpriseName: firms[n]!.name })),
    'whole name alone': some(150).map((n) => ({ name: projects[n]!.name })),
    'a letter mistyped': some(150).map((n) => ({ name: rare(projects[n]!.core), enterpriseName: rare(firms[n]!.name) })),
    'first 2 letters': some(100).map((n) => ({ name: projects[n]!.name.slice(0, 2) })),
    'first 3 letters': some(100).map((n) => ({ name: projects[n]!.name.slice(0, 3) })),
    'first 4 letters': some(100).map((n) => ({ name: projects[n]!.name.slice(0, 4) })),
    'common words': ['长春', '科技', '项目', '新能源', '激光雷达', '智能制造', '产业园', '有限公司', '新能源汽车', '生物医药产业园项目', '长春新能源汽车零部件产业园建设项目', '中华', '华中'].flatMap((name) => Array.from({ length: 8 }, () => ({ name }))),
    'firm, code, phone, parcel': some(150).map((n) => ({ name: '完全不同的名称', enterpriseName: firms[n]!.name, uscc: `9122${String(n).padStart(14, '0')}`, phones: [String(13100000000 + n), '13800000000'], parcel: `长新2026${n}号` })),
    'of a large group': some(100).map((n) => ({ name: '完全不同的名称', enterpriseName: firms[Math.floor(n / 5000) * 100]!.name })),
  };
  const postmaster = await postmasterOf(server.url);
  const rows = [];
  for (const [name, checks] of Object.entries(classes)) {
    const times: number[] = [];
    let hits = 0;
    await service.check(actor, checks[0]!);
    const [database, process_] = [cpuOfServer(postmaster), process.cpuUsage()];
    for (const check of checks) {
      const start = performance.now();
      hits += (await service.check(actor, check)).length;
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const { user, system } = process.cpuUsage(process_);
    const share = (ms: number) => Math.round((ms / checks.length) * 10) / 10;
    rows.push({ [`${size} projects`]: name, 'p50 ms': Math.round(times[times.length >> 1]! * 10) / 10, 'p95 ms': Math.round(times[Math.floor(times.length * 0.95)]! * 10) / 10, 'most ms': Math.round(times.at(-1)! * 10) / 10, 'database CPU ms': share((cpuOfServer(postmaster) - database) * 1000), 'server CPU ms': share((user + system) / 1000), 'hits a check': Math.round((hits / checks.length) * 10) / 10 });
  }
  console.log(table('Duplicate check', rows));
  await db.onApplicationShutdown();
  await owner.end();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
