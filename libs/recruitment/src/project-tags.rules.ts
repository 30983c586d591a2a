import type { PolicyValue } from '@yinfeng/directory';
import type { Locale } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';

/** What tags are computed from; nobody types them (domain.md A1 row 33). */
export interface TagFacts {
  /** 元 at the fixed reference rate of size classes, exact decimal text. */
  totalCny: string | null;
  capitalSource: string;
  headquarters: boolean;
  research: boolean;
  inStatistics: boolean;
  /** Classes of its enterprises: 世界500强, 专精特新 …. */
  classes: string[];
}
export interface ProjectTag {
  /** SIZE_<万元>, FOREIGN, HEADQUARTERS, RESEARCH, STATISTICS, CLASS_<number in the zone's list>. */
  code: string;
  label: string;
}

/** The published thresholds that a project meets (each one, as counts of them include the larger), and what else it is. */
export function tagsOf(facts: TagFacts, policy: PolicyValue<'projectTags'>, locale: Locale): ProjectTag[] {
  const en = locale === 'en';
  const tags: ProjectTag[] = [];
  const wan = facts.totalCny === null ? null : new Decimal(facts.totalCny).div(10_000);
  for (const s of [...policy.sizes].sort((a, b) => a.fromWan - b.fromWan)) if (wan?.gte(s.fromWan)) tags.push({ code: `SIZE_${s.fromWan}`, label: en ? s.en : s.zh });
  if (facts.capitalSource === 'FOREIGN') tags.push({ code: 'FOREIGN', label: en ? 'Foreign-funded' : '外资' });
  if (facts.headquarters) tags.push({ code: 'HEADQUARTERS', label: en ? 'Headquarters' : '总部' });
  if (facts.research) tags.push({ code: 'RESEARCH', label: en ? 'Research centre' : '研发中心' });
  if (facts.inStatistics) tags.push({ code: 'STATISTICS', label: en ? 'In statistics' : '入规入统' });
  policy.enterpriseClasses.forEach((c, i) => {
    if (facts.classes.some((own) => own.includes(c.word))) tags.push({ code: `CLASS_${i + 1}`, label: en ? c.en : c.zh });
  });
  return tags;
}
