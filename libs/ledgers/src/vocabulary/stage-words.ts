import type { StageName } from '../reading/ledger-reading.js';

/**
 * Stage words of the zones (domain.md B1, stage_aliases.csv, ledgers README §4). 签约落位 and 拟开工
 * count as landed, 拟签约 and 协议起草 as negotiating; several places call the same gate by other words.
 */
export const STAGE_WORDS: Readonly<Record<StageName, readonly string[]>> = {
  lead: ['线索', '招商信息', '项目信息', '意向', '意向项目', '客商信息', '有意向', '初步接触', '初步意向', '潜在'],
  reserve: ['策划包装', '谋划', '储备', '推介项目', '推介', '凝炼储备', '凝炼', '凝练储备', '包装', '策划', '待研判', '待初审', '储备对接', '前期谋划'],
  negotiating: [
    '在谈', '洽谈', '跟踪在谈', '重点推进', '拟签约', '协议起草', '待签约', '洽谈推动', '跟进', '一般跟进', '重点推动', '推介洽谈', '对接洽谈', '在谈跟进',
    '深入洽谈', '重点在谈', '跟踪洽谈', '对接', '跟踪', '接洽', '拟签', '谈判', '磋商', '新增在谈', '预签约', '即将签约', '协议谈判', '协议洽谈',
  ],
  signed: ['签约', '正式签约', '新签约', '签订协议', '签约项目', '签协议', '合同签订'],
  landed: ['签约落位', '落位', '落地', '注册', '履约', '拟开工', '已注册', '待开工', '签约落地', '未开工', '落户', '签约未开工', '前期手续', '筹建', '开工前期', '计划开工'],
  started: ['开工', '开业', '开复工', '在建', '续建', '复工', '新开工', '已开工建设', '动工', '建设', '开工建设', '开工在建', '已开工开业', '启动建设', '新建', '已开工（建安类）', '已开工（设备购置类）'],
  finished: ['竣工', '完工', '建成', '竣工验收'],
  in_production: ['投产', '达产', '入规入统', '竣工投产', '试生产', '运营', '投产达效', '达产达效', '建成投产', '投入运营', '试运营', '投产运营', '投用'],
  dormant: ['暂停', '停止谈判', '暂停/停止谈判', '中止', '搁置', '暂缓', '休眠', '停滞', '停建', '停工'],
  withdrawn: ['退库', '移出项目库', '退库/移出项目库', '移出', '终止', '出库', '淘汰', '流失', '取消', '放弃', '撤销', '解约', '已终止'],
  transferred: ['流转', '移交', '转出', '转交', '已移交'],
};

const fold = (text: string): string => text.normalize('NFKC').replace(/[\s()[\]"'“”‘’<>《》·、,，;；]/g, '');
const BY_WORD = new Map<string, StageName>();
for (const [stage, words] of Object.entries(STAGE_WORDS) as [StageName, readonly string[]][]) for (const word of words) BY_WORD.set(fold(word), stage);

const DECORATION = /^(?:项目|目前|当前|现|已经?|正在|正|处于|进入|完成|新)+|(?:阶段|项目|状态|中|库|类|清单|期|环节|了|的|企业|情况)+$/g;

/** The stage a status cell names, or null where the word is in no map (STAGE_UNKNOWN). */
export function stageOf(text: string): StageName | null {
  const folded = fold(text);
  const direct = BY_WORD.get(folded);
  if (direct) return direct;
  const bare = folded.replace(DECORATION, '');
  const hit = BY_WORD.get(bare);
  if (hit) return hit;
  const outside = text.normalize('NFKC').replace(/\([^)]*\)/g, '');
  if (outside !== text.normalize('NFKC') && outside.trim()) return stageOf(outside);
  return null;
}

const LONGEST_FIRST = [...BY_WORD].sort((a, b) => b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1));
/** Words too common in titles to tell a stage by themselves. */
const NOT_IN_TITLES = new Set(['建设', '注册', '对接', '跟踪', '运营', '项目信息', '招商信息', '推介', '意向', '潜在', '策划', '包装', '新建', '移交', '取消', '启动建设', '客商信息', '跟进', '谈判', '磋商', '接洽', '转出', '放弃', '投用']);

/** The stage a sheet name, title or summary sentence gives (正式签约, 在谈项目一览表), longest word first. */
export function stageInTitle(text: string): StageName | null {
  const folded = fold(text);
  for (const [word, stage] of LONGEST_FIRST) if (!NOT_IN_TITLES.has(word) && folded.includes(word)) return stage;
  return null;
}
