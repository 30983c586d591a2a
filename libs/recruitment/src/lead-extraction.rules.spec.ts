import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type Extracted, type ExtractedKind, extractLead } from './lead-extraction.rules.js';
import { industryFinder, regionFinder } from './lead-extraction.service.js';
import { PhraseFinder } from './lead-text.rules.js';

/** Monday, 15 June 2026. */
const TODAY = '2026-06-15';
const rows = (file: string) => readFileSync(`libs/directory/src/reference/${file}`, 'utf8').trim().split('\n').slice(1).map((l) => l.split(','));
const dictionary = {
  regions: regionFinder(rows('regions.csv').filter((r) => r[3] === 'PROVINCE' || r[3] === 'CITY').map(([code, name, parent, level]) => ({ code: code!, name: name!, parent: parent || null, level: level as 'PROVINCE' | 'CITY' }))),
  industries: industryFinder(rows('industries.csv').filter((r) => r[0]!.length >= 3).sort((a, b) => a[0]!.length - b[0]!.length).map(([code, name, parent]) => ({ code: code!, name: name!, parent: parent || null }))),
  parks: new PhraseFinder<{ id: string; name: string }>([['北湖科技园', { id: 'p1', name: '北湖科技园' }], ['北湖园', { id: 'p1', name: '北湖科技园' }]]),
};
const read = (text: string): Extracted[] => extractLead(text, TODAY, dictionary);
const of = (text: string, ...kinds: ExtractedKind[]) => read(text).filter((f) => kinds.includes(f.kind)).map((f) => f.value);
/** kind:value for everything but hints of the industry. */
const gist = (text: string) => read(text).filter((f) => f.kind !== 'INDUSTRY').map((f) => `${f.kind}:${f.amount !== null ? `${f.amount}${f.currency}` : f.value}`);

const CHATS: [text: string, found: string[]][] = [
  ['浙江某某光电科技有限公司周总，电话13800001234，想在我们这投个激光项目，总投资约3.5亿元，固投2亿，需要用地80亩，下周三过来看地',
    ['ENTERPRISE:浙江某某光电科技有限公司', 'SOURCE_REGION:浙江', 'CONTACT:周总', 'PHONE:13800001234', 'TOTAL_INVESTMENT:350000000CNY', 'FIXED_INVESTMENT:200000000CNY', 'LAND_AREA:80亩', 'FOLLOW_UP:2026-06-24']],
  ['张三 10:23\n今天拜访了宁波瀚擎基础设施投资有限公司，见了李伟董事长（139 1234 6789）\n李四 2026-06-12 10:25:01\n收到', ['DATE:2026-06-15', 'ENTERPRISE:宁波瀚擎基础设施投资有限公司', 'SOURCE_REGION:浙江-宁波市', 'CONTACT:李伟', 'PHONE:13912346789']],
  ['客户：上海元启智能装备股份有限公司\n联系人：王建国 总经理\n手机：１３９－１２３４－６７８９\n座机：021-58880000转801\n计划总投资：12亿元', ['ENTERPRISE:上海元启智能装备股份有限公司', 'SOURCE_REGION:上海', 'CONTACT:王建国', 'PHONE:13912346789', 'PHONE:021-58880000-801', 'TOTAL_INVESTMENT:1200000000CNY']],
  ['早上好！😊 周末愉快🎉', []],
  ['收到，谢谢领导', []],
  ['今天天气不错，晚上一起吃饭', ['DATE:2026-06-15']],
  ['長春某某航天信息產業園項目，投資方：廣東華某衛星科技有限公司，陳總監 13700002222，總投資5億元', ['SOURCE_REGION:吉林-长春市', 'ENTERPRISE:廣東華某衛星科技有限公司', 'SOURCE_REGION:广东', 'CONTACT:陈总监', 'PHONE:13700002222', 'TOTAL_INVESTMENT:500000000CNY']],
  ['德国某某 Laser Technik GmbH 想设亚太总部，总投资1200万美元，联系人 Mr. Schmidt +49 89 1234 5678', ['ENTERPRISE:Laser Technik GmbH', 'TOTAL_INVESTMENT:12000000USD', 'PHONE:+49 8912345678']],
  ['两家企业：苏州甲某新材料有限公司和无锡乙某传感技术有限公司，分别投资8000万元和1.2亿元', ['ENTERPRISE:苏州甲某新材料有限公司', 'SOURCE_REGION:江苏-苏州市', 'ENTERPRISE:无锡乙某传感技术有限公司', 'SOURCE_REGION:江苏-无锡市', 'TOTAL_INVESTMENT:80000000CNY', 'TOTAL_INVESTMENT:120000000CNY']],
  ['该企业来自浙江省杭州市，统一社会信用代码 91330206MAX2A2LX2J，请查重', ['SOURCE_REGION:浙江-杭州市', 'USCC:91330206MAX2A2LX2J']],
  ['租赁标准厂房14000平方米，年产值3亿元，年税收1500万，用电负荷8000千瓦', ['FLOOR_AREA:14000平方米', 'OUTPUT:300000000CNY', 'TAX:15000000CNY']],
  ['占地145亩，规划建筑面积8.8万㎡，年产50万套座椅', ['LAND_AREA:145亩', 'FLOOR_AREA:8.8万㎡']],
  ['6月26日签约，5月31日已递交材料', ['FOLLOW_UP:2026-06-26', 'DATE:2026-05-31']],
  ['后天下午跟王女士再碰一下，她电话 138-0000-1234 微信同号', ['FOLLOW_UP:2026-06-17', 'CONTACT:王女士', 'PHONE:13800001234']],
  ['本周五前给答复，下个月5号开会', ['FOLLOW_UP:2026-06-19', 'FOLLOW_UP:2026-07-05']],
  ['2026年7月1日来访，9月底前签约', ['FOLLOW_UP:2026-07-01', 'FOLLOW_UP:2026-09-30']],
  ['欧阳震华 13500001111\n司马总 13600002222\n400-800-1234', ['CONTACT:欧阳震华', 'PHONE:13500001111', 'CONTACT:司马总', 'PHONE:13600002222', 'PHONE:4008001234']],
  ['三亿五的项目，注册资本五千万元', ['TOTAL_INVESTMENT:350000000CNY', 'REGISTERED_CAPITAL:50000000CNY']],
  ['总投资3-5亿元，其中固定资产投资不低于2亿元', ['TOTAL_INVESTMENT:300000000CNY', 'FIXED_INVESTMENT:200000000CNY']],
  ['他们想落在北湖园，离机场近一点', ['PARK:北湖科技园']],
  ['本周总结：拜访企业12家，新增线索3条', []],
  ['资金总额待定，对方总部没有拍板', []],
  ['身份证号 220102199001011234，不要外传', []],
  ['https://mp.weixin.qq.com/s/13800001234abcd 看看这个', []],
  ['转发：总经理张明昨天来电，希望本月20号上门考察，电话0431-85678901', ['CONTACT:张明', 'DATE:2026-06-14', 'FOLLOW_UP:2026-06-20', 'PHONE:0431-85678901']],
  ['亩均税收30万元，投资强度300万/亩', ['OTHER_AMOUNT:300000CNY', 'OTHER_AMOUNT:3000000CNY']],
  ['美的集团、中和农信有限公司、向日葵生物医药有限公司都在看地', ['ENTERPRISE:美的集团', 'ENTERPRISE:中和农信有限公司', 'ENTERPRISE:向日葵生物医药有限公司']],
  ['我们公司和贵公司一起成立合资公司', []],
  ['王局，您看：深圳市某疆创新科技有限公司拟在长春建无人机基地，总投资20亿元，其中固定资产投资15亿元，占地300亩，达产后年产值50亿元，年税收2.5亿元，就业2000人。联系人刘洋（副总裁）18600001111',
    ['ENTERPRISE:深圳市某疆创新科技有限公司', 'SOURCE_REGION:广东-深圳市', 'SOURCE_REGION:吉林-长春市', 'TOTAL_INVESTMENT:2000000000CNY', 'FIXED_INVESTMENT:1500000000CNY', 'LAND_AREA:300亩', 'OUTPUT:5000000000CNY', 'TAX:250000000CNY', 'CONTACT:刘洋', 'PHONE:18600001111']],
  ['刘总：您好！我司（上海某星医药（集团）股份有限公司）拟于2026年9月15日赴贵区考察，联系人：赵丽 电话：021-33987870',
    ['ENTERPRISE:上海某星医药（集团）股份有限公司', 'SOURCE_REGION:上海', 'FOLLOW_UP:2026-09-15', 'CONTACT:赵丽', 'PHONE:021-33987870']],
  ['做预制菜的，在河南漯河有工厂，年销售额两三个亿，想在东北再建一个厂，租2万平厂房，手机同微信13937712345 马先生', ['SOURCE_REGION:河南-漯河市', 'OUTPUT:200000000CNY', 'FLOOR_AREA:2万平', 'PHONE:13937712345', 'CONTACT:马先生']],
  ['港資企業，香港信某集團有限公司，擬投資3億港元建設冷鏈物流園，聯絡人：何先生 +852 2859 3111', ['ENTERPRISE:香港信某集團有限公司', 'SOURCE_REGION:香港', 'TOTAL_INVESTMENT:300000000HKD', 'CONTACT:何先生', 'PHONE:+852 28593111']],
  ['对接人 小于 15900001234，他们下周二到长春，一期大概投资十几亿，7月中旬再谈', ['CONTACT:小于', 'PHONE:15900001234', 'FOLLOW_UP:2026-06-23', 'SOURCE_REGION:吉林-长春市', 'TOTAL_INVESTMENT:1000000000CNY', 'FOLLOW_UP:2026-07-15']],
  ['跟某为吉林的陈总吃饭，还有王和李总', ['SOURCE_REGION:吉林', 'CONTACT:陈总', 'CONTACT:李总']],
  ['微信转账500元收到了，谢谢！订单号 20260612100023456789', ['OTHER_AMOUNT:500CNY']],
  ['周六加班，大家辛苦了[强][强] 下午三点开会 会议室302', ['DATE:2026-06-20']],
  ['元启科技（武汉）有限公司，何总，一周后答复', ['ENTERPRISE:元启科技（武汉）有限公司', 'SOURCE_REGION:湖北-武汉市', 'CONTACT:何总', 'FOLLOW_UP:2026-06-22']],
];

describe('a chat', () => {
  it.each(CHATS)('%j', (text, found) => {
    expect(gist(text)).toEqual(found);
  });

  it('of the guide is read as the guide says', () => {
    expect(read('浙江某某光电科技有限公司周总13800001234，总投资约3.5亿元，下周三过来看地').find((f) => f.kind === 'TOTAL_INVESTMENT')).toMatchObject({ value: '约3.5亿元', excerpt: '约3.5亿元', start: 29, end: 35, confidence: 'SURE', amount: '350000000' });
  });

  it('gives the exact words of each field and the same answer each time', () => {
    for (const [text] of CHATS) {
      const fields = read(text);
      for (const f of fields) expect([f.excerpt, f.excerpt.length > 0, f.start < f.end]).toEqual([text.slice(f.start, f.end), true, true]);
      expect(read(text)).toEqual(fields);
    }
  });
});

describe('each field', () => {
  it('says how sure it is', () => {
    const sure = (text: string, kind: ExtractedKind) => read(text).filter((f) => f.kind === kind).map((f) => f.confidence);
    expect(sure('企业名称：浙江某某光电科技有限公司', 'ENTERPRISE')).toEqual(['SURE']);
    expect(sure('某某光电集团', 'ENTERPRISE')).toEqual(['LIKELY']);
    expect(sure('总投资3亿元', 'TOTAL_INVESTMENT')).toEqual(['SURE']);
    expect(sure('拟投资3亿元', 'TOTAL_INVESTMENT')).toEqual(['LIKELY']);
    expect(sure('3亿元左右', 'TOTAL_INVESTMENT')).toEqual(['GUESS']);
    expect(sure('13800001234', 'PHONE')).toEqual(['SURE']);
    expect(sure('138 00 00 12 34', 'PHONE')).toEqual(['LIKELY']);
    expect(sure('下周三见面', 'FOLLOW_UP')).toEqual(['SURE']);
    expect(sure('周三见面', 'FOLLOW_UP')).toEqual(['LIKELY']);
    expect(sure('月底见面', 'FOLLOW_UP')).toEqual(['GUESS']);
    expect(sure('来自广东省深圳市', 'SOURCE_REGION')).toEqual(['SURE']);
    expect(sure('深圳某某科技有限公司', 'SOURCE_REGION')).toEqual(['GUESS']);
  });

  it('of a code tells whether its check character fits', () => {
    const [good, bad] = ['91330206MAX2A2LX2J', '91330206MAX2A2LX2K'].map((c) => read(`代码${c}。`)[0]);
    expect([good?.confidence, good?.reading, bad?.confidence, bad?.reading]).toEqual(['SURE', [], 'GUESS', ['USCC_CHECK']]);
    expect(of('９１３３ ０２０６ ＭＡＸ２ Ａ２ＬＸ ２Ｊ', 'USCC')).toEqual(['91330206MAX2A2LX2J']);
  });

  it('of an amount tells how it was read', () => {
    const reading = (text: string) => read(text).find((f) => f.amount !== null)!.reading;
    expect(reading('总投资约3.5亿元')).toContain('AMOUNT_APPROX');
    expect(reading('总投资3-5亿元')).toContain('AMOUNT_RANGE');
    expect(reading('总投资10亿元以上')).toContain('AMOUNT_LOWER_BOUND');
    expect(reading('总投资三亿元')).toContain('AMOUNT_CHINESE_NUMERAL');
  });

  it('puts phones beside their people', () => {
    expect(read('周总13800001234，财务小刘 李敏女士 13900005678').filter((f) => f.kind === 'PHONE').map((f) => [f.value, f.of])).toEqual([['13800001234', '周总'], ['13900005678', '李敏女士']]);
    expect(read('联系人：赵敏\n13800001234').find((f) => f.kind === 'PHONE')?.of).toBeNull();
  });

  it.each([
    ['今天', '2026-06-15'], ['明天', '2026-06-16'], ['大后天', '2026-06-18'], ['昨天', '2026-06-14'], ['周三', '2026-06-17'], ['周日', '2026-06-21'], ['下周一', '2026-06-22'], ['下周日', '2026-06-28'], ['下下周二', '2026-06-30'],
    ['本周一', '2026-06-15'], ['星期五', '2026-06-19'], ['礼拜天', '2026-06-21'], ['三天后', '2026-06-18'], ['10天后', '2026-06-25'], ['两周后', '2026-06-29'], ['一个月后', '2026-07-15'], ['3个工作日后', '2026-06-18'],
    ['下月初', '2026-07-01'], ['下个月中旬', '2026-07-15'], ['本月底', '2026-06-30'], ['月底', '2026-06-30'], ['年底', '2026-12-31'], ['20号', '2026-06-20'], ['5号', '2026-07-05'], ['2026.7.8', '2026-07-08'], ['七月八日', '2026-07-08'], ['十二月二十五号', '2026-12-25'],
    ['2026年2月30日', undefined], ['13月5日', undefined], ['3号楼', undefined], ['周年', undefined],
  ])('%s is %s', (words, day) => {
    expect(of(`${words}见`, 'FOLLOW_UP', 'DATE')[0]).toBe(day);
  });

  it('hints at the industry by the words of the standard and those people use', () => {
    const codes = (text: string) => read(text).filter((f) => f.kind === 'INDUSTRY').map((f) => f.ref);
    expect(codes('做半导体分立器件和汽车零部件的')).toEqual(['C3962', 'C3660']);
    expect(codes('生物医药和医疗器械')).toEqual(['C27', 'C358']);
    expect(codes('来聊聊天')).toEqual([]);
  });
});

describe('hostile texts', () => {
  const fill = (piece: string) => piece.repeat(Math.ceil(5_000 / piece.length)).slice(0, 5_000);
  it.each(['1', '1 ', '1-', '13', '138 ', '亿', '3亿', '3.5亿元-', '有限公司', '公司和', '浙江', '周总', '周', '(', '（', 'A', 'A b ', 'A, ', 'Co., ', '年', '月', '周', '2026-', '10:23 ', '[10:23] ', '九', '零', ',', '。', '\n', ' ', '亩', '1亩', '+86', '0431-', '9A', '某', '某集团', '李伟', '总经理', '电话', '総', '😊', '\u0000', '的', 'https://'])('%j by the thousand are read at once', (piece) => {
    // Work is counted by what it yields, not by the clock: a pattern that backtracks would not come to an end.
    expect(read(fill(piece)).length).toBeLessThanOrEqual(200);
  });
});
