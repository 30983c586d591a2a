import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, type Locale, type Page, type PageInput, preparedName, Refusal, type Shape } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import { percent, rateRule, type Rounding, START_FIGURES, type StartFigureName, type StartQuestion, startRule } from './start-figures.rules.js';
import { figureRows, figuresSql } from './start-figures.sql.js';

export interface StartFilter {
  /** First and last Shanghai day; or, alone, the day up to which its year is counted. */
  from?: string | null;
  to?: string | null;
  asOf?: string | null;
  departmentIds?: string[] | null;
  parkIds?: string[] | null;
  /** 元; absent: the zone's threshold for starts, none for the plan. */
  minTotal?: string | null;
  /** Every size, unknown amounts too. */
  anySize?: boolean | null;
}
/** A figure with the question behind it, by which its rows are listed. */
export interface StartFigure {
  name: StartFigureName;
  count: number;
  totalInvestment: string;
  foreignInvestment: string;
  amountUnknown: number;
  rule: string;
  question: StartQuestion;
}
/** A share in percent as the zone cuts it; null: of nothing. */
export interface StartRate {
  percent: string | null;
  part: string;
  whole: string;
  rule: string;
}
export interface StartFigures extends Record<StartFigureName, StartFigure> {
  from: string;
  to: string;
  minTotal: string | null;
  startRate: StartRate;
  resumeRate: StartRate;
  industryShare: StartRate;
  industryShareByCount: StartRate;
  industryShareByInvestment: StartRate;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NAMES: Record<StartFigureName, readonly [zh: string, en: string]> = {
  planned: ['计划开复工', 'planned'], started: ['新开工', 'started'], resumed: ['复工', 'resumed'], startedOrResumed: ['开复工', 'started or resumed'], plannedUnderWay: ['计划内已开复工', 'planned and under way'],
  industry: ['产业项目', 'industry projects'], signed: ['签约', 'signed'], signedStarted: ['签约项目中已开工', 'signed and started'],
};

/** 开复工 as a zone counts it: each figure equals the list behind it, for every reader (domain.md E1, S1, S3). */
@Injectable()
export class StartFiguresService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly projects: ProjectsService) {}

  /**
   * Plan, starts and resumptions of a period, their rates and the share of industry, over the projects that the actor may
   * see, by the zone's rule of the period's last day (today's, where that lies ahead).
   * @throws Refusal FORBIDDEN, REQUIRED (no period), INVALID (days, both ways at once), DATE_ORDER.
   */
  async figures(actor: Actor, filter: StartFilter): Promise<StartFigures> {
    demand(actor, 'construction.read');
    const { from, to } = this.period(filter);
    const today = this.clock.today();
    return this.db.tx(actor, async (tx) => {
      const policy = await this.policies.value(tx, 'works', to < today ? to : today);
      const question: StartQuestion = {
        from, to, policy: { counts: policy.counts, industryShare: policy.industryShare },
        minTotal: filter.anySize ? null : (filter.minTotal ?? (policy.fromWan === null ? null : `${policy.fromWan * 10_000}`)), minTotalOfPlan: filter.anySize ? null : (filter.minTotal ?? null),
        ...(filter.departmentIds ? { departmentIds: filter.departmentIds } : {}), ...(filter.parkIds ? { parkIds: filter.parkIds } : {}),
      };
      const { sql, params } = figuresSql(actor, question, START_FIGURES);
      const rows = await tx.rows<{ name: StartFigureName; count: number; cny: string; usd: string; unknown: number }>(sql, params, preparedName(sql));
      const figures = Object.fromEntries(START_FIGURES.map((name): [StartFigureName, StartFigure] => {
        const row = rows.find((r) => r.name === name)!;
        return [name, { name, count: row.count, totalInvestment: row.cny, foreignInvestment: row.usd, amountUnknown: row.unknown, rule: startRule(name, question, actor.locale), question }];
      })) as Record<StartFigureName, StartFigure>;
      const { startRate, resumeRate, industryShare } = policy;
      const count = (top: StartFigureName, bottom: StartFigureName, rounding: Rounding) => rate(figures[top], figures[bottom], 'count', rounding, actor.locale);
      const byCount = count('industry', 'startedOrResumed', industryShare.rounding);
      const byInvestment = rate(figures.industry, figures.startedOrResumed, 'totalInvestment', industryShare.rounding, actor.locale);
      return {
        ...figures, from, to, minTotal: question.minTotal,
        startRate: count(startRate.basis === 'COHORT' ? 'signedStarted' : 'started', 'signed', startRate.rounding),
        resumeRate: count(resumeRate.basis === 'ON_PLAN' ? 'plannedUnderWay' : 'startedOrResumed', 'planned', resumeRate.rounding),
        industryShare: industryShare.basis === 'COUNT' ? byCount : byInvestment, industryShareByCount: byCount, industryShareByInvestment: byInvestment,
      };
    });
  }

  /** A page of exactly the projects that a figure counts, newest first, each in the wanted shape. */
  page(actor: Actor, figure: Pick<StartFigure, 'name' | 'question'>, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    return this.projects.page(actor, {}, 'NEWEST', input, shape, (params) => figureRows(figure.name, figure.question, params));
  }

  /** How many projects the list behind a figure has, counted from the rows. */
  count(actor: Actor, figure: Pick<StartFigure, 'name' | 'question'>): Promise<number> {
    return this.projects.count(actor, {}, (params) => figureRows(figure.name, figure.question, params));
  }

  private period(f: StartFilter): { from: string; to: string } {
    for (const field of ['from', 'to', 'asOf'] as const) {
      const value = f[field];
      if (value != null && (!DAY.test(value) || Number.isNaN(Date.parse(value)))) throw new Refusal('INVALID', [field], { field, value: value.slice(0, 40), expected: 'YYYY-MM-DD' });
    }
    if (f.asOf) {
      if (f.from || f.to) throw new Refusal('INVALID', ['asOf'], { field: 'asOf', value: f.asOf, expected: 'asOf, or from and to' });
      return { from: `${f.asOf.slice(0, 4)}-01-01`, to: f.asOf };
    }
    if (!f.from || !f.to) throw new Refusal('REQUIRED', [f.from ? 'to' : 'from'], { field: f.from ? 'to' : 'from' });
    if (f.from > f.to) throw new Refusal('DATE_ORDER', ['to'], { field: 'to', value: f.to, other: 'from', otherValue: f.from });
    return { from: f.from, to: f.to };
  }
}

function rate(top: StartFigure, bottom: StartFigure, of: 'count' | 'totalInvestment', rounding: Rounding, locale: Locale): StartRate {
  const i = locale === 'en' ? 1 : 0;
  const what = of === 'count' ? '' : ['（人民币总投资）', ' (total investment in CNY)'][i]!;
  return { percent: percent(top[of], bottom[of], rounding), part: String(top[of]), whole: String(bottom[of]), rule: rateRule(NAMES[top.name][i] + what, NAMES[bottom.name][i] + what, rounding, locale) };
}
