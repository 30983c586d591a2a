import { z } from 'zod';
import { definePolicy } from './policy.js';

const label = z.string().min(1).max(40);

/** The published thresholds and marks by which projects are tagged; computed from what is on record, never typed. */
export const projectTags = definePolicy({
  zh: '项目标签', en: 'Computed tags of projects', source: 'domain.md A1 row 33, E1',
  schema: z.strictObject({
    /** Total investment from so many 万元 on, itself included. */
    sizes: z.array(z.strictObject({ fromWan: z.number().int().min(1).max(1_000_000_000), zh: label, en: label })).max(20),
    /** A word in the class of an enterprise, and what it is called. */
    enterpriseClasses: z.array(z.strictObject({ word: z.string().min(2).max(20), zh: label, en: label })).max(30),
  }),
  usual: {
    sizes: [
      { fromWan: 5_000, zh: '5000万元以上', en: 'From 50 million yuan' }, { fromWan: 10_000, zh: '亿元以上', en: 'From 100 million yuan' }, { fromWan: 50_000, zh: '5亿元以上', en: 'From 500 million yuan' },
      { fromWan: 100_000, zh: '10亿元以上', en: 'From 1 billion yuan' }, { fromWan: 500_000, zh: '50亿元以上', en: 'From 5 billion yuan' },
    ],
    enterpriseClasses: [
      { word: '世界500强', zh: '世界500强', en: 'Fortune Global 500' }, { word: '中国500强', zh: '中国500强', en: 'China 500' }, { word: '专精特新', zh: '专精特新', en: 'Specialised and innovative' },
      { word: '独角兽', zh: '独角兽', en: 'Unicorn' }, { word: '上市', zh: '上市公司', en: 'Listed company' },
    ],
  },
});
