import { describe, expect, it } from '@jest/globals';
import { message, MESSAGES } from './messages.js';

describe('messages', () => {
  it('say stages, states and roles in the reader\'s words, and leave other values as they are', () => {
    expect(message('STATUS_NOT_ACTIVE', { status: 'POOLED' }, 'zh')).toBe('项目当前为“公海”，不能办理此事。');
    expect(message('STATUS_NOT_ACTIVE', { status: 'POOLED' }, 'en')).toBe('The project is pooled; this cannot be done now.');
    expect(message('POOL_CLASS', { class: 'A', roles: 'GROUP_LEADER、MANAGER' }, 'zh')).toBe('A 类项目须由以下岗位认领：组长、局长。');
    expect(message('STAGE_JUMP', { from: 'LEAD', to: 'SIGNED', allowed: '—' }, 'zh')).toBe('不能从“线索”直接进入“签约”；下一步可为：—。');
    expect(message('REQUIRED', { field: 'LEAD' }, 'en')).toBe('LEAD is required.');
  });

  it('name nothing in English that the Chinese sentence does not', () => {
    const names = (sentence: string) => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort();
    const more = Object.entries(MESSAGES).filter(([, [zh, en]]) => names(en).some((n) => !names(zh).includes(n)));
    expect(more.map(([code]) => code)).toEqual([]);
  });
});
