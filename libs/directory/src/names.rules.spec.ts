import { describe, expect, it } from '@jest/globals';
import { foldPersonName, type NamedUnit, unitMeant } from './names.rules.js';

const unit = (name: string, ...aliases: string[]): NamedUnit => ({ id: name, name, aliases });
const UNITS = [unit('新区投资促进局'), unit('招商一局'), unit('招商二局'), unit('驻沪联络处'), unit('驻京联络处'), unit('项目服务中心', '服务中心'), unit('发展改革局'), unit('北湖管委会'), unit('空港管委会')];

describe('the unit that a name means', () => {
  it.each([
    ['招商一局', '招商一局'],
    [' 招商 （一）局', '招商一局'],
    ['服务中心', '项目服务中心'],
    ['投资促进局', '新区投资促进局'],
    ['投促局', '新区投资促进局'],
    ['新区投促局', '新区投资促进局'],
    ['新区招商二局', '招商二局'],
    ['驻沪办', '驻沪联络处'],
    ['发改局', '发展改革局'],
    ['北湖管委', '北湖管委会'],
  ])('%s is %s', (name, expected) => {
    expect(unitMeant(name, UNITS)?.name).toBe(expected);
  });

  it.each([['', 'nothing said'], ['招商局', 'no unit of that name'], ['管委会', 'two of them'], ['一局', 'too short to be sure'], ['招商三局', 'another number']])('is not guessed: %s (%s)', (name) => {
    expect(unitMeant(name, UNITS)).toBeNull();
  });

  it('is that of the exact name although other names end like it', () => {
    expect(unitMeant('招商局', [unit('招商局'), unit('新区招商局')])?.name).toBe('招商局');
    expect(unitMeant('招商局', [unit('北湖招商局'), unit('空港招商局')])).toBeNull();
  });
});

it('a person is known without spaces, titles and width', () => {
  expect(['张 三', '张三（组长）', '张三(副局长)', ' 张三 '].map(foldPersonName)).toEqual(['张三', '张三', '张三', '张三']);
});
