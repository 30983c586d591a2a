import { expect, it } from '@jest/globals';
import { signingKindOf } from './signing.rules.js';

it.each([
  ['正式投资协议', 'CONTRACT'], ['投资合同', 'CONTRACT'], ['入区协议', 'CONTRACT'], ['战略合作框架协议', 'FRAMEWORK'], ['投资框架协议', 'FRAMEWORK'], ['合作备忘录', 'FRAMEWORK'], ['投资意向书', 'INTENT'], ['补充协议', 'SUPPLEMENT'], ['投资协议补充协议（二）', 'SUPPLEMENT'], ['其他', 'OTHER'], ['委托函', 'OTHER'],
])('%s is %s', (words, kind) => expect(signingKindOf(words)).toBe(kind));
