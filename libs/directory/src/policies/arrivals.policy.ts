import { z } from 'zod';
import { definePolicy } from './policy.js';

const code = z.string().regex(/^[A-Z][A-Z_]{1,29}$/);
const words = z.string().trim().min(1).max(40);
const choice = { code, zh: words, en: z.string().trim().min(1).max(80) };
const distinct = (list: { code: string }[]) => new Set(list.map((x) => x.code)).size === list.length;
const levels = z.array(code).max(10);
const evidence = z.array(z.enum(['BANK_SLIP', 'CAPITAL_REPORT', 'INVOICE', 'FDI_REGISTRATION', 'AUDIT_REPORT', 'LAND_RECEIPT', 'SETTLEMENT', 'OTHER'])).max(8);

/**
 * 到位资金: what counts, for whom, and what proves it. levelsOf: for which levels a payment counts by where it comes from,
 * unless whoever records it says otherwise; ledgerLevels: for which levels the yearly totals of ledgers count. forms: kinds
 * of payments, with the least amount (元) that counts by itself. exclusions: reason codes; `industries` are sections and
 * divisions of GB/T 4754 for which the reason is suggested. evidence: kinds of which one is needed before somebody confirms.
 */
export const arrivals = definePolicy({
  zh: '到位资金', en: 'Capital arrivals', source: 'domain.md B3, B2 (event 到位资金), A1 row 51',
  schema: z.strictObject({
    levels: z.array(z.strictObject(choice)).min(1).max(10).refine(distinct, 'each code once'),
    levelsOf: z.strictObject({ ABROAD: levels, OUTSIDE_PROVINCE: levels, OUTSIDE_CITY: levels, WITHIN_CITY: levels, LOCAL: levels }),
    ledgerLevels: levels,
    forms: z.array(z.strictObject({ ...choice, leastYuan: z.number().int().min(1).nullable() })).min(1).max(30).refine(distinct, 'each code once'),
    exclusions: z.array(z.strictObject({ ...choice, industries: z.array(z.string().regex(/^[A-T]\d{0,3}$/)).max(50) })).min(1).max(50).refine(distinct, 'each code once').refine((l) => !l.some((x) => ['COUNTED', 'WAITING'].includes(x.code)), 'no code that figures use themselves'),
    leastProjectTotalYuan: z.number().int().min(1).nullable(),
    evidence: z.strictObject({ DOMESTIC: evidence, FOREIGN: evidence }),
    confirmRoles: z.array(z.enum(['SERVICE', 'MANAGER', 'LEADER'])).min(1).max(3),
    confirmWorkingDays: z.number().int().min(1).max(60),
    /** The published rate of a day off is that of the last day before it, at most so many days back. */
    rateBackDays: z.number().int().min(0).max(30),
    tolerancePermille: z.number().int().min(0).max(500),
  }).refine((p) => [...Object.values(p.levelsOf).flat(), ...p.ledgerLevels].every((l) => p.levels.some((x) => x.code === l)), 'levels that are on the list'),
  usual: {
    levels: [{ code: 'NATION', zh: '国家', en: 'Nation' }, { code: 'PROVINCE', zh: '省', en: 'Province' }, { code: 'CITY', zh: '市', en: 'City' }, { code: 'DISTRICT', zh: '区（新区）', en: 'District (zone)' }],
    levelsOf: { ABROAD: ['NATION', 'PROVINCE', 'CITY', 'DISTRICT'], OUTSIDE_PROVINCE: ['PROVINCE', 'CITY', 'DISTRICT'], OUTSIDE_CITY: ['CITY', 'DISTRICT'], WITHIN_CITY: ['DISTRICT'], LOCAL: [] },
    ledgerLevels: ['NATION', 'PROVINCE', 'CITY', 'DISTRICT'],
    forms: [
      { code: 'REGISTERED_CAPITAL', zh: '注册资本到位', en: 'Registered capital paid in', leastYuan: null }, { code: 'LAND', zh: '土地款', en: 'Land payment', leastYuan: null },
      { code: 'PLANT', zh: '厂房购置、装修', en: 'Plant bought or fitted out', leastYuan: null }, { code: 'EQUIPMENT', zh: '设备款', en: 'Equipment', leastYuan: null },
      { code: 'WORKS', zh: '工程款', en: 'Works', leastYuan: null }, { code: 'EQUITY', zh: '股权投资', en: 'Equity', leastYuan: 1_000_000 }, { code: 'OTHER', zh: '其他', en: 'Other', leastYuan: null },
    ],
    exclusions: [
      { code: 'LOCAL_INVESTOR', zh: '本地企业或本地自然人投资', en: 'local investor or local natural person', industries: [] }, { code: 'BUDGET_FUNDED', zh: '财政资金基础设施、PPP', en: 'budget-funded infrastructure or PPP', industries: [] },
      { code: 'NETWORK_POINT', zh: '国家垄断行业网点', en: 'network points of national monopolies', industries: [] }, { code: 'RESOURCE', zh: '资源开采', en: 'resource extraction', industries: ['B'] },
      { code: 'REAL_ESTATE', zh: '房地产', en: 'real estate', industries: ['K70'] }, { code: 'CATERING', zh: '餐饮、娱乐、商超', en: 'catering, KTV, supermarkets', industries: ['H62', 'F521', 'R89'] },
      { code: 'PHASE_TWO', zh: '原合同内的二期', en: 'phase two inside the original contract', industries: [] }, { code: 'LOCAL_MOVE', zh: '本地企业搬迁', en: 'relocation within the place', industries: [] },
      { code: 'TECH_REFORM', zh: '原规划内技改', en: 'technical reform in the old plant', industries: [] }, { code: 'BELOW_THRESHOLD', zh: '低于认定门槛', en: 'below the threshold', industries: [] },
      { code: 'INTRA_TRANSFER', zh: '市域内转移', en: 'transfer within the prefecture', industries: [] }, { code: 'NO_LOCAL_TAX', zh: '不能提供地方税收', en: 'pays no local tax', industries: [] },
      { code: 'NOT_IN_LEDGER', zh: '未入台账', en: 'not registered in the ledger', industries: [] }, { code: 'RUSHED', zh: '突击上报', en: 'reported in a rush', industries: [] }, { code: 'OTHER', zh: '其他（须说明）', en: 'other (say which)', industries: [] },
    ],
    leastProjectTotalYuan: 50_000_000,
    evidence: { DOMESTIC: ['BANK_SLIP', 'INVOICE', 'LAND_RECEIPT', 'SETTLEMENT', 'AUDIT_REPORT', 'CAPITAL_REPORT'], FOREIGN: ['FDI_REGISTRATION', 'CAPITAL_REPORT', 'BANK_SLIP'] },
    confirmRoles: ['SERVICE', 'MANAGER', 'LEADER'], confirmWorkingDays: 5, rateBackDays: 7, tolerancePermille: 5,
  },
});
