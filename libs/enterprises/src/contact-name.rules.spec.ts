import { describe, expect, it } from '@jest/globals';
import { isPartialName, mayComplete, normalPhone } from './contact-name.rules.js';

describe('names', () => {
  it.each([['周总', true], ['李女士', true], ['欧阳董事长', true], ['周', true], ['周建国', false], ['总建国', false], ['王经理人', false], ['Smith', false], [' 周总 ', true]])('%s is half known: %s', (name, half) => expect(isPartialName(name)).toBe(half));
  it.each([['周总', '周建国', true], ['周总', '李建国', false], ['周总', '周董', false], ['周建国', '周建国', false], ['总', '周建国', false]])('%s may be %s: %s', (half, full, may) => expect(mayComplete(half, full)).toBe(may));
});
describe('phones', () => {
  it.each([['139 1234-6789', '13912346789'], ['+86 13912346789', '13912346789'], ['0086-13912346789', '13912346789'], ['１３９１２３４６７８９', '13912346789'], ['0431-85123456转801', '043185123456转801'], ['+81 3 1234 5678', '+81312345678'], ['139****6789', null], ['没有', null], ['123', null], ['1'.repeat(21), null]])(
    '%s is kept as %s', (text, kept) => expect(normalPhone(text)).toBe(kept));
});
