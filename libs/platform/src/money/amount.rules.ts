/** Units in which money is kept; the currencies are never converted into each other. */
export type MoneyUnit = '万元' | '万美元' | '万欧元' | '万港元' | '万日元' | '万英镑';

/** Money in ten thousands of its currency, `v` an exact decimal as text (`23400`, `0.1`). */
export interface MoneyValue {
  v: string;
  u: MoneyUnit;
  /** 约, 近, 左右: the number is not exact. */
  approx?: true;
  /** `>=` for 超/余/以上, `<=` for 不超过/以内: `v` is that bound. */
  bound?: '>=' | '<=';
  /** Upper end of a range; `v` is the lower end, with which the row counts. */
  hi?: string;
  /** 0 < amount ≤ 1 万元, typed to satisfy a form: keep, do not rely on it. */
  placeholder?: true;
  /** Only an order of magnitude (百亿产值). */
  magnitude?: true;
}
