import { describe, expect, it } from '@jest/globals';
import { mailOf, robotText } from './message.rules.js';
import { addressFault, addressHint, dingtalkSign, feishuSign, readAnswer, robotRequest } from './robots.rules.js';

const KEY = '693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
const WECOM = `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${KEY}`;
const DINGTALK = `https://oapi.dingtalk.com/robot/send?access_token=${KEY}`;
const FEISHU = `https://open.feishu.cn/open-apis/bot/v2/hook/${KEY}`;

describe('an address', () => {
  it.each([['WECOM', WECOM], ['DINGTALK', DINGTALK], ['FEISHU', FEISHU]] as const)('of %s is taken and recognised by its end alone', (robot, address) => {
    expect(addressFault(robot, address, [])).toBeNull();
    expect(addressHint(robot, address)).toMatch(/^[a-z.]+ …5aaa$/);
  });

  it.each([
    WECOM.replace('https', 'http'), WECOM.replace('.com', '.com.evil.cn'), WECOM.replace('qyapi', 'user@qyapi'), WECOM.replace('.com', '.com:8443'), `${WECOM}#x`, `${WECOM}&debug=1`, WECOM.replace('/send', '/../send'), DINGTALK,
    `https://127.0.0.1/cgi-bin/webhook/send?key=${KEY}`, `https://[::1]/cgi-bin/webhook/send?key=${KEY}`, `https://2130706433/cgi-bin/webhook/send?key=${KEY}`, `http://169.254.169.254/cgi-bin/webhook/send?key=${KEY}`, 'file:///etc/passwd', 'gopher://x', '', 'x'.repeat(600),
    `https://evil.cn/?u=${WECOM}`, `https://qyapi.weixin.qq.com\\@evil.cn/cgi-bin/webhook/send?key=${KEY}`, `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=short`,
  ])('is refused: %s', (address) => {
    expect(addressFault('WECOM', address, [])).toMatch(/^https:/);
  });

  it('of a private deployment is taken when the operator names its origin, and no other', () => {
    const own = WECOM.replace('https://qyapi.weixin.qq.com', 'http://10.1.2.3:8080');
    expect(addressFault('WECOM', own, [])).not.toBeNull();
    expect(addressFault('WECOM', own, ['http://10.1.2.3:8080'])).toBeNull();
    expect(addressFault('WECOM', own.replace('8080', '8081'), ['http://10.1.2.3:8080'])).not.toBeNull();
    expect(addressFault('WECOM', own.replace('/cgi-bin/webhook/send', '/admin'), ['http://10.1.2.3:8080'])).not.toBeNull();
  });
});

describe('a signature', () => {
  // Vectors that the reference implementation of the vendors' documents gives.
  it('is what the vendors reckon', () => {
    expect(encodeURIComponent(dingtalkSign('SECabc', 1700000000000))).toBe('jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D');
    expect(feishuSign('abc', 1700000000)).toBe('VIS10b0EBvzzSdFnuk4tznEmK5wHaruvf/WnViv2yR4=');
  });

  it('stands in the query for DingTalk, encoded once, and in the body for Feishu, with the time as text', () => {
    const now = new Date(1700000000000);
    const ding = robotRequest('DINGTALK', DINGTALK, 'SECabc', '跟进', now);
    expect(ding.url.searchParams.get('sign')).toBe(dingtalkSign('SECabc', 1700000000000));
    expect(ding.url.href).not.toMatch(/sign=[^&]*[+/]/);
    expect(JSON.parse(robotRequest('FEISHU', FEISHU, 'abc', '跟进', now).body)).toEqual({ timestamp: '1700000000', sign: feishuSign('abc', 1700000000), msg_type: 'text', content: { text: '跟进' } });
    expect(JSON.parse(robotRequest('WECOM', WECOM, null, '跟进', now).body)).toEqual({ msgtype: 'text', text: { content: '跟进' } });
  });
});

describe('an answer', () => {
  it.each([
    ['WECOM', 200, '{"errcode":0,"errmsg":"ok"}', 'SENT', undefined],
    ['WECOM', 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', 'RETRY', 60_000],
    ['WECOM', 200, '{"errcode":-1,"errmsg":"system busy"}', 'RETRY', undefined],
    ['WECOM', 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', 'REFUSED', undefined],
    ['DINGTALK', 200, '{"errcode":130101,"errmsg":"send too fast"}', 'RETRY', 600_000],
    ['DINGTALK', 200, '{"errcode":310000,"errmsg":"sign not match"}', 'REFUSED', undefined],
    ['FEISHU', 200, '{"code":0,"msg":"success","data":{}}', 'SENT', undefined],
    ['FEISHU', 200, '{"StatusCode":0,"StatusMessage":"success"}', 'SENT', undefined],
    ['FEISHU', 400, '{"code":19024,"msg":"Key Words Not Found"}', 'REFUSED', undefined],
    ['FEISHU', 200, '{"code":11232,"msg":"frequency limited"}', 'RETRY', 60_000],
    ['WECOM', 500, '', 'RETRY', undefined],
    ['WECOM', 503, '{"errcode":0}', 'RETRY', undefined],
    ['WECOM', 429, '', 'RETRY', 60_000],
    ['WECOM', 200, '{"errcode":45033,"errmsg":"api concurrent out of limit"}', 'RETRY', 60_000],
    ['DINGTALK', 200, '{"errcode":302033,"errmsg":"send too fast, exceed 20 times per minute"}', 'RETRY', 600_000],
    ['DINGTALK', 200, '{"errcode":310000,"errmsg":"keywords not in content, more: [https://ding-doc.dingtalk.com]"}', 'REFUSED', undefined],
    ['DINGTALK', 200, '{"errcode":310000,"errmsg":"ip 1.2.3.4 not in whitelist"}', 'REFUSED', undefined],
    ['FEISHU', 400, '{"code":9499,"msg":"too many request","data":{}}', 'RETRY', 60_000],
    ['FEISHU', 400, '{"code":9499,"msg":"Bad Request","data":{}}', 'REFUSED', undefined],
    ['FEISHU', 429, '{"code":99991400,"msg":"request trigger frequency limit"}', 'RETRY', 60_000],
    ['FEISHU', 200, '{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}', 'REFUSED', undefined],
    ['FEISHU', 200, '{"code":19022,"msg":"Ip Not Allowed"}', 'REFUSED', undefined],
    ['WECOM', 502, '<html>', 'DOUBT', undefined],
    ['WECOM', 504, '', 'DOUBT', undefined],
    ['WECOM', 200, '<html>ok</html>', 'DOUBT', undefined],
    ['WECOM', 200, 'null', 'DOUBT', undefined],
    ['WECOM', 302, '', 'REFUSED', undefined],
    ['WECOM', 404, 'gone', 'REFUSED', undefined],
  ] as const)('of %s, %s %s means %s', (robot, status, body, outcome, afterMs) => {
    const read = readAnswer(robot, status, body);
    expect([read.outcome, read.afterMs]).toEqual([outcome, afterMs]);
  });
});

describe('the address of the installation', () => {
  const link = 'https://crm.ccxq.gov.cn/';
  const many = Array.from({ length: 100 }, (_, i) => ({ title: `跟进“光电产业园第${i}期”` }));

  it('stands at the end of a robot\'s text, within its size and beside its keyword', () => {
    expect(robotText('FEISHU', [{ title: '跟进' }], 'zh', null, link)).toBe(`【引凤提醒】跟进\n${link}`);
    const text = robotText('WECOM', many, 'zh', '招商', link);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
    expect(text).toMatch(/^招商\n【引凤】100 项[^]*……另有 \d+ 项，请登录引凤查看\nhttps:\/\/crm\.ccxq\.gov\.cn\/$/);
  });

  it('stands in a mail as text and as a link, and nowhere without it', () => {
    const mail = mailOf(many.slice(0, 2), 'en', `${link}?a=1&b=2`);
    expect(mail.text).toContain(`\n\n${link}?a=1&b=2\n\n-- \n`);
    expect(mail.html).toContain(`<a href="${link}?a=1&#38;b=2">Open Yinfeng</a>`);
    expect(JSON.stringify(mailOf(many, 'zh'))).not.toMatch(/href|http/);
  });
});

describe('a robot\'s text', () => {
  const lines = Array.from({ length: 100 }, (_, i) => ({ title: `跟进“光电产业园第${i}期”：送选址方案`, people: ['李四'] }));

  it('keeps to the vendor\'s size in whole lines, and says how much is left', () => {
    const text = robotText('WECOM', lines, 'zh', null);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
    expect(Buffer.byteLength(text)).toBeGreaterThan(1900);
    const shown = text.split('\n').length - 2;
    expect(text).toContain(`……另有 ${100 - shown} 项，请登录引凤查看`);
    expect(text.split('\n')[shown]).toBe(`${shown}. 跟进“光电产业园第${shown - 1}期”：送选址方案（李四）`);
    expect(robotText('FEISHU', lines, 'zh', null)).not.toContain('另有');
  });

  it('holds the keyword, once', () => {
    expect(robotText('DINGTALK', lines.slice(0, 1), 'zh', '招商')).toBe('招商\n【引凤提醒】跟进“光电产业园第0期”：送选址方案（李四）');
    expect(robotText('DINGTALK', lines.slice(0, 1), 'zh', '引凤')).toBe('【引凤提醒】跟进“光电产业园第0期”：送选址方案（李四）');
    expect(Buffer.byteLength(robotText('WECOM', lines, 'zh', '关键词'.repeat(10)))).toBeLessThanOrEqual(2048);
  });

  it('calls nobody that the words of a project would call, and stays one line a reminder', () => {
    expect(robotText('FEISHU', [{ title: '跟进<at user_id="all">所有人</at>\n@所有人', people: ['<@all>'] }], 'zh', null)).toBe('【引凤提醒】跟进＜at user_id="all"＞所有人＜/at＞ ＠所有人（＜＠all＞）');
  });

  it('has no end in a title without end', () => {
    expect(Buffer.byteLength(robotText('WECOM', [{ title: '长'.repeat(5000) }, { title: '短' }], 'zh', null))).toBeLessThan(2048);
    expect(mailOf([{ title: '长\r\nBcc: x@y.cn'.repeat(100) }], 'zh').subject).not.toMatch(/[\r\n]/);
  });
});
