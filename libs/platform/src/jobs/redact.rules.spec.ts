import { describe, expect, it } from '@jest/globals';
import { redacted } from './redact.rules.js';

describe('an error that operators may read', () => {
  it.each([
    ['duplicate key value violates unique constraint "works_milestone_plan_project_id_key"', 'duplicate key value violates unique constraint "works_milestone_plan_project_id_key"'],
    ['connect ECONNREFUSED 10.1.2.3:587', 'connect ECONNREFUSED 10.1.2.3:587'],
    ['invalid input syntax for type uuid: "王总 13812345678"', 'invalid input syntax for type uuid: "…"'],
    ['project 0197f3a2-1111-7222-8333-444455556666 is gone', 'project … is gone'],
    ['no route to smtps://yinfeng:geheim@mail.gov.cn:465/x?y=1', 'no route to smtps://mail.gov.cn:465/…'],
    ['POST https://oapi.dingtalk.com/robot/send?access_token=693a91f6 failed', 'POST https://oapi.dingtalk.com/… failed'],
    ['password=geheim rejected', 'password … rejected'],
    ['authorization: Bearer abcdefghijklmnop refused', 'authorization … refused'],
    ['mail to li@ccxq.gov.cn bounced', 'mail to …@… bounced'],
    ['phone 13812345678, code 220102199003071234', 'phone …, code …'],
    ['session eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 unknown', 'session … unknown'],
    ["relation 'outbox' is locked", 'relation "outbox" is locked'],
    ['first\n    at handler (/work/x.ts:1)', 'first'],
  ])('%s', (error, shown) => {
    expect(redacted(error)).toBe(shown);
  });

  it('has an end', () => {
    expect(redacted('长'.repeat(5000))).toHaveLength(300);
  });
});
