export type { MoneyUnit, MoneyValue } from './money/amount.rules.js';
